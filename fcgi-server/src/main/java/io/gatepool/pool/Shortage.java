package io.gatepool.pool;

import java.util.concurrent.TimeUnit;

/**
 * What somebody refuses just now who may give it a moment later: the system a process or a descriptor, a busy worker a
 * connection. Requests wait for it, and one that has waited for too long is told what for. It is asked for again and
 * again, so it is forgotten a second after the last refusal. Event loop only.
 */
final class Shortage {

    private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private String what = "";
    private long lastNanos;

    /** It was refused again, or for the first time; returns whether that is news. */
    boolean met(String refusal, long nowNanos) {
        boolean known = refusal.equals(what(nowNanos));
        what = refusal;
        lastNanos = nowNanos;
        return !known;
    }

    /** What is refused at present; empty when nothing is. */
    String what(long nowNanos) {
        return nowNanos - lastNanos < REMEMBERED_NANOS ? what : "";
    }
}
