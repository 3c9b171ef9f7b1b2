package io.gatepool.exchange;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The directory of the temporary files, and the thread that reads and writes them: a disk that hesitates must not stop
 * the event loop. One thread keeps the operations of every file in order. Any thread; but the memory that comes before
 * the files is the event loop's.
 */
public final class SpoolFiles {

    /** Of all spools together, in bytes; a quarter of what the launcher allows for buffers. */
    private static final long MEMORY = 32 << 20;

    private final Path directory;
    private final SpoolMemory memory;
    private final ThreadPoolExecutor thread;

    public SpoolFiles(Path directory) {
        this(directory, MEMORY);
    }

    /** @param memory how many bytes all spools together may have in memory, besides what each has of its own */
    SpoolFiles(Path directory, long memory) {
        this.directory = directory;
        this.memory = new SpoolMemory(memory);
        this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread made = new Thread(task, "spool");
            made.setDaemon(true);
            return made;
        });
        // When it is needed the system may have no thread to give, and the event loop no way to say so.
        thread.prestartAllCoreThreads();
    }

    /** Event loop only. */
    SpoolMemory memory() {
        return memory;
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

    /** The same with the directory and the remedy, for the log: the kernel only says what is wrong. Any thread. */
    IOException explained(IOException cause) {
        String what = cause instanceof NoSuchFileException
                ? "it is not there"
                : cause instanceof FileSystemException refused && refused.getReason() != null
                        ? refused.getReason()
                        : cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new IOException(
                "spool_dir " + directory + ": " + what
                        + "; make room there, or mend its rights, or name another directory",
                cause);
    }
}
