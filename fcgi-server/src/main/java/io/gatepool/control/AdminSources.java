package io.gatepool.control;

import io.gatepool.exchange.AppStatus;
import io.gatepool.process.ChildCounters;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where the admin pages get what they show. All are asked on the event loop.
 *
 * @param daemon which program this is
 * @param stage what the daemon is doing
 * @param apps the applications
 * @param connections open connections of web servers and browsers, by protocol
 * @param connectionsRefused HTTP connections that were too many, since the start
 * @param children what the reaper has counted
 * @param linesDropped lines that did not get into the logs
 * @param failures the last ones
 */
public record AdminSources(
        Daemon daemon,
        Supplier<Stage> stage,
        Supplier<List<AppStatus>> apps,
        Supplier<Map<String, Integer>> connections,
        LongSupplier connectionsRefused,
        Supplier<ChildCounters> children,
        LongSupplier linesDropped,
        RecentFailures failures) {

    /**
     * A running program.
     *
     * @param version such as {@code 1.0.0}
     * @param configuration the file, or what stands for it
     * @param startedNanos {@link System#nanoTime()} when it was started
     */
    public record Daemon(String version, String configuration, long startedNanos) {}

    /** What the daemon as a whole is doing. */
    public enum Stage {
        STARTING("starting"),
        SERVING("serving"),
        STOPPING("stopping");

        private final String text;

        Stage(String text) {
            this.text = text;
        }

        /** The word for it on the pages. */
        public String text() {
            return text;
        }
    }
}
