package io.gatepool.architecture.wrong.front;

/** Measures time with a clock that jumps. */
public final class ReadsTheClock {
    private ReadsTheClock() {}

    static long now() {
        return System.currentTimeMillis();
    }
}
