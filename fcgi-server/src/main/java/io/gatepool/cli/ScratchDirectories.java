package io.gatepool.cli;

import io.gatepool.process.Leftovers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The runtime directories of the short forms: a new one for each run, removed at its end. A run that was killed cannot
 * remove its own, nor end grandchildren of its workers; the next run of the same user does both.
 */
final class ScratchDirectories {

    private static final String PREFIX = "gatepool-run-";

    private ScratchDirectories() {}

    static Path create() throws IOException {
        Path parent = Path.of(Optional.ofNullable(System.getenv("XDG_RUNTIME_DIR"))
                .filter(directory -> Files.isWritable(Path.of(directory)))
                .orElse("/tmp"));
        removeAbandoned(parent);
        return Files.createTempDirectory(parent, PREFIX);
    }

    private static void removeAbandoned(Path parent) throws IOException {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path directory : old) {
                if (isAbandoned(directory)) {
                    killLeftovers(parent.toRealPath().resolve(directory.getFileName()));
                    remove(directory);
                }
            }
        }
    }

    /** Also those of the gatepools that {@code compare} starts, whose directories lie in its own. */
    private static void killLeftovers(Path directory) {
        Leftovers.kill(Leftovers.mark(directory));
        try (DirectoryStream<Path> inner = Files.newDirectoryStream(directory, path -> Files.isDirectory(path))) {
            for (Path runtimeDirectory : inner) {
                Leftovers.kill(Leftovers.mark(runtimeDirectory));
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Somebody else has removed it.
        }
    }

    /** Ours, and nobody holds its lock. One without a lock file is just being made. */
    private static boolean isAbandoned(Path directory) {
        Path lock = directory.resolve("gatepool.lock");
        try {
            if (!Files.getOwner(directory).getName().equals(System.getProperty("user.name")) || !Files.exists(lock)) {
                return false;
            }
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                    FileLock held = channel.tryLock()) {
                return held != null;
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Somebody else may be removing it at the same time. */
    static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // The next run tries again.
        }
    }
}
