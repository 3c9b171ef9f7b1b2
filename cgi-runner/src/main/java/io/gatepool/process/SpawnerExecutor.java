package io.gatepool.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.jspecify.annotations.Nullable;

/**
 * commons-exec's executor for one {@link Command}, started by our {@link Spawner}. Its own launcher would go through
 * {@link ProcessBuilder}, which waits for children beside the {@link Reaper}. One thread.
 */
final class SpawnerExecutor extends DefaultExecutor {

    private final Spawner spawner;
    private final Command command;
    private @Nullable SpawnedProcess process;

    @SuppressWarnings("deprecation") // What replaces the constructor builds this very class, and no subclass.
    SpawnerExecutor(Spawner spawner, Command command) {
        this.spawner = spawner;
        this.command = command;
        // The command has a directory of its own; this one is looked for before the start, and is always there.
        setWorkingDirectory(new File("/"));
    }

    /** The arguments say nothing: the command has all of it, as the bytes that the kernel gets. */
    @Override
    protected Process launch(CommandLine line, @Nullable Map<String, String> environment, Path directory)
            throws IOException {
        process = SpawnedProcess.start(spawner, command);
        return process;
    }

    /** How it ended; null if it was not started. */
    @Nullable
    ExitStatus status() {
        return process == null ? null : process.status();
    }

    /** Kills what was started, after a failure that left it without a watchdog. */
    void abandon() {
        if (process != null) {
            process.destroy();
            process.closeOutput();
        }
    }
}
