package io.gatepool.exchange;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * The directory of the temporary files, and the thread that reads and writes them: a disk that hesitates must not stop
 * the event loop. One thread keeps the operations of every file in order. Any thread.
 */
public final class SpoolFiles {

    private final Path directory;
    private final Executor thread;

    public SpoolFiles(Path directory) {
        this.directory = directory;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "spool");
            made.setDaemon(true);
            return made;
        });
    }

    /** Runs {@code task} on the file thread, after all that was given before. */
    public void execute(Runnable task) {
        thread.execute(task);
    }

    /**
     * A new file that nobody else can open: its name is gone before it holds a byte, and so is its space after a crash.
     * File thread only.
     */
    FileChannel create() throws IOException {
        Path file = Files.createTempFile(
                directory,
                "gatepool",
                ".spool",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } finally {
            Files.delete(file);
        }
    }
}
