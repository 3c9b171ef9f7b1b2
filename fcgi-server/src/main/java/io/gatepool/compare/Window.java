package io.gatepool.compare;

/** One run of the load generator, and what it cost. */
public record Window(Load load, Meter.Cost cost) {

    /** Nanoseconds of processor time for one answer, all together. */
    public double cpu() {
        return server() + processes();
    }

    /** gatepool's part of it. */
    public double server() {
        return (double) cost.server() / Math.max(1, load.answers());
    }

    /** That of scripts or workers. */
    public double processes() {
        return (double) cost.processes() / Math.max(1, load.answers());
    }
}
