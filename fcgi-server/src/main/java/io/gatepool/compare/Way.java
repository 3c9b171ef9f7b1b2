package io.gatepool.compare;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** One way of serving, and all that was measured of it. Filled by one thread, then read. */
public final class Way {

    private final String name;
    private final String how;
    private final List<Window> alone = new ArrayList<>();
    private final List<Window> full = new ArrayList<>();
    private final List<Window> steady = new ArrayList<>();
    private long births;
    private Memory memory = new Memory(0, 0, 0);

    /**
     * @param name a word for the heads of columns
     * @param how what was started, for people
     */
    public Way(String name, String how) {
        this.name = name;
        this.how = how;
    }

    public String name() {
        return name;
    }

    public String how() {
        return how;
    }

    /** Rounds with one request at a time. */
    public List<Window> alone() {
        return alone;
    }

    /** Rounds as fast as it goes. */
    public List<Window> full() {
        return full;
    }

    /** Rounds at the rate that is the same for all ways. */
    public List<Window> steady() {
        return steady;
    }

    /** Processes that are born for one request, the script's own children among them. */
    public long births() {
        return births;
    }

    void births(long number) {
        births = number;
    }

    /** Under load. */
    public Memory memory() {
        return memory;
    }

    void memory(Memory measured) {
        memory = measured;
    }

    /** The latencies of all rounds, in nanoseconds. */
    public static Histogram latencies(List<Window> windows) {
        Histogram all = Load.histogram();
        windows.forEach(window -> all.add(window.load().latencies()));
        return all;
    }
}
