package io.gatepool.server;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Where a log is written: a file, which can be opened again under its name, or a stream that gatepool was given. A line
 * that a full disk has cut does not run into the next one.
 *
 * <p>For the log's writer, and whoever has it opened again.
 */
final class LogFile {

    /** Opens the place anew. */
    @FunctionalInterface
    interface Opening {
        WritableByteChannel open() throws IOException;
    }

    private final String name;
    private final @Nullable Opening opening;
    private WritableByteChannel channel;
    private boolean torn;

    /** @param opening null for what cannot be opened a second time */
    LogFile(String name, WritableByteChannel channel, @Nullable Opening opening) {
        this.name = name;
        this.channel = channel;
        this.opening = opening;
    }

    /**
     * Opens a log.
     *
     * @param target {@code stderr}, {@code -} for standard output, or a path, whose directories are made if need be
     */
    @SuppressWarnings("resource") // The standard streams stay open.
    static LogFile open(String target) throws IOException {
        return switch (target) {
            case "stderr" -> new LogFile(target, new FileOutputStream(FileDescriptor.err).getChannel(), null);
            case "-" -> new LogFile("stdout", new FileOutputStream(FileDescriptor.out).getChannel(), null);
            default -> {
                Opening file = () -> append(Path.of(target));
                yield new LogFile(target, file.open(), file);
            }
        };
    }

    private static FileChannel append(Path path) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    /** What it is called in messages. */
    String name() {
        return name;
    }

    /**
     * Writes whole lines.
     *
     * @param lines what could not be written remains
     */
    synchronized void write(ByteBuffer lines) throws IOException {
        if (torn) {
            writeAll(ByteBuffer.wrap(new byte[] {'\n'}));
            torn = false;
        }
        int start = lines.position();
        try {
            writeAll(lines);
        } finally {
            int end = lines.position();
            torn = end > start && lines.get(end - 1) != '\n';
        }
    }

    private void writeAll(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                // A pipe that somebody has made non-blocking, and nobody reads.
                throw new IOException("it takes no more");
            }
        }
    }

    /** Opens it anew under its name, since it may have been renamed; when that fails, the old one stays. */
    synchronized void reopen() throws IOException {
        if (opening == null) {
            return;
        }
        WritableByteChannel fresh = opening.open();
        channel.close();
        channel = fresh;
        torn = false;
    }
}
