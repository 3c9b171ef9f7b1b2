package io.gatepool.server;

import io.gatepool.process.Leftovers;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a running gatepool: a lock that only one can hold, and in a private subdirectory the sockets of the
 * workers. Who takes the lock ends what an earlier gatepool, killed without a chance, has left behind.
 */
final class RuntimeDirectory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");

    private final Path directory;
    private final FileChannel channel;
    private final FileLock lock;

    private RuntimeDirectory(Path directory, FileChannel channel, FileLock lock) {
        this.directory = directory;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Makes the directory if need be, takes its lock, ends leftover processes and removes leftover sockets.
     *
     * @throws StartFailure when another gatepool holds it, or it cannot be used
     */
    static RuntimeDirectory take(Path wanted) throws StartFailure {
        try {
            Files.createDirectories(
                    wanted, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            Path directory = wanted.toRealPath();
            FileChannel channel = FileChannel.open(
                    directory.resolve("gatepool.lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new StartFailure("another gatepool is running with runtime_dir " + directory + " (pid "
                        + Files.readString(directory.resolve("gatepool.lock")).trim()
                        + "); stop it, or set another runtime_dir in [server]");
            }
            channel.truncate(0);
            channel.write(
                    StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"));
            RuntimeDirectory taken = new RuntimeDirectory(directory, channel, lock);
            taken.clean();
            return taken;
        } catch (IOException e) {
            throw new StartFailure("runtime_dir " + wanted + " cannot be used: " + e
                    + "; make it writable for this user, or set another one in [server]");
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private void clean() throws IOException {
        int killed = Leftovers.kill(mark());
        if (killed > 0) {
            LOG.warn("killed {} processes that an earlier gatepool had left behind", killed);
        }
        Path workers = workers();
        Files.createDirectories(workers);
        Files.setPosixFilePermissions(workers, PosixFilePermissions.fromString("rwx------"));
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(workers, "*.sock")) {
            for (Path socket : sockets) {
                Files.deleteIfExists(socket);
            }
        }
    }

    /** The directory itself. */
    Path path() {
        return directory;
    }

    /** Where the workers' sockets lie: nobody else can enter. */
    Path workers() {
        return directory.resolve("workers");
    }

    /** What every child of a gatepool in this directory carries in its environment. */
    String mark() {
        return Leftovers.mark(directory);
    }

    /** Gives the lock back; the directory stays. */
    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
