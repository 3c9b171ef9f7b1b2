package io.gatepool.exchange;

import io.gatepool.process.ExitStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of the processes under which a request failed. How they ended, and what they said last, is often known
 * only some milliseconds after the failure, or (a worker that does not heed SIGTERM) some seconds: it is filled in
 * then. Event loop only.
 */
public final class Aftermath {

    /**
     * A process that had the request has ended.
     *
     * @param place {@code worker 4182}
     * @param status how
     * @param stderr the last lines of its stderr
     */
    public record End(Place place, ExitStatus status, List<String> stderr) {

        public End {
            stderr = List.copyOf(stderr);
        }
    }

    private final List<End> ends = new ArrayList<>(1);
    private Place place = Place.ARRIVING;
    private List<String> stderr = List.of();

    void failedAt(Place where, List<String> lastErrors) {
        place = where;
        stderr = List.copyOf(lastErrors);
    }

    void ended(End end) {
        ends.add(end);
    }

    /** Where the request was when it failed. */
    public Place place() {
        return place;
    }

    /** The processes that had it and have ended, one after the other. */
    public List<End> ends() {
        return List.copyOf(ends);
    }

    /** The last lines of stderr of the process that has not ended (yet). */
    public List<String> stderr() {
        boolean ended = ends.stream().anyMatch(end -> end.place().equals(place));
        return ended ? List.of() : stderr;
    }
}
