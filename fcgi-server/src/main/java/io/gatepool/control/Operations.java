package io.gatepool.control;

import io.gatepool.exchange.ManagedApp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The daemon as the control socket needs it. Event loop only. */
public interface Operations {

    /**
     * Who answers.
     *
     * @param version of gatepool
     * @param pid its process id
     * @param startedNanos {@link System#nanoTime()} at its start
     * @param generation how often a configuration has been loaded
     * @param loaded when the last one was
     * @param stopping whether it takes no new requests any more
     */
    record Identity(String version, long pid, long startedNanos, int generation, Instant loaded, boolean stopping) {}

    Identity identity();

    /** All applications, in the order of the configuration. */
    List<? extends ManagedApp> apps();

    /** Begins to stop: gracefully, or {@code now}. */
    void stop(boolean now);

    /** Opens the log files anew, on the control thread: it may wait for a disk. Empty when there is no such thing. */
    default Optional<Runnable> logReopening() {
        return Optional.empty();
    }

    /** What makes new workers; empty when there is no such thing. */
    default Optional<Renewal> renewal() {
        return Optional.empty();
    }

    /** Reload, restart and scale. They end later; {@code done} is then given null, or what went wrong. */
    interface Renewal {

        /** @param app empty for all; {@code changed}: only those whose configuration is another one */
        void reload(Optional<ManagedApp> app, boolean changed, Consumer<@Nullable String> done);

        void restart(ManagedApp app, Consumer<@Nullable String> done);

        /** Holds the number of workers at this until the next reload. */
        void scale(ManagedApp app, int workers, Consumer<@Nullable String> done);
    }
}
