package io.gatepool.exchange;

import java.util.EnumMap;
import java.util.Map;

/**
 * What has become of the processes of one application since the start: how long their births took, and why persistent
 * ones had to be replaced. It outlives reloads. Event loop only.
 */
public final class WorkerEvents {

    /** Why a worker ended, or never began, so that another one takes its place. */
    public enum Reason {
        /** It died, or ended with a status other than 0, after it had been ready. */
        CRASH("crash"),
        /** It was not there, or ended or stayed silent, before it was ready. */
        START_FAILED("start-failed"),
        /** It ended by itself, with status 0 and no request on it. */
        EXIT("exit"),
        /** It went over a time limit, or took no connections any more. */
        TIMEOUT("timeout"),
        /** It had answered as many requests as it may. */
        MAX_REQUESTS("max-requests"),
        /** It had lived as long as it may. */
        MAX_AGE("max-age"),
        /** It had grown as large as it may. */
        MAX_RSS("max-rss"),
        /** A new generation took over. */
        RELOAD("reload"),
        /** Somebody asked for it. */
        RESTART("restart");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** The name in counters, such as {@code max-requests}. */
        public String text() {
            return text;
        }

        /** The name of the setting that says so, such as {@code max_requests}, where it is one. */
        public String setting() {
            return text.replace('-', '_');
        }
    }

    private final Map<Reason, Long> replaced = new EnumMap<>(Reason.class);
    private final Histogram spawns = new Histogram();
    private final Histogram starts = new Histogram();

    /** A process exists, so long after it was wanted. */
    public void spawned(long nanos) {
        spawns.add(nanos);
    }

    /** A worker is ready, so long after it was wanted. */
    public void ready(long nanos) {
        starts.add(nanos);
    }

    /** A worker has ended, or failed to start, and will be replaced. */
    public void replaced(Reason reason) {
        replaced.merge(reason, 1L, Long::sum);
    }

    /** How many workers were replaced for this reason. */
    public long replacedFor(Reason reason) {
        return replaced.getOrDefault(reason, 0L);
    }

    /** From the wish for a process to its existence: waiting for a spawner thread, and posix_spawn. */
    public Histogram spawns() {
        return spawns;
    }

    /** From the wish for a worker to its first sign of being ready. */
    public Histogram starts() {
        return starts;
    }
}
