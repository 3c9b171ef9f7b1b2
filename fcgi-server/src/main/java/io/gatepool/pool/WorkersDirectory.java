package io.gatepool.pool;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The directory of the workers' sockets. It was made at the start, but whoever cleans up /run or /tmp may have taken it
 * away since: then the next worker makes it again. Spawner threads.
 */
final class WorkersDirectory {

    private WorkersDirectory() {}

    /** @throws IOException when it is not there and cannot be made */
    static void provide(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException another) {
            // Two workers began at once; or it is no directory, which the socket will tell.
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "runtime_dir " + directory.getParent() + " is gone; make it again, for this user to write to", e);
        } catch (IOException e) {
            throw new IOException(
                    "runtime_dir: " + directory + " cannot be made: " + e + "; make it writable for this user", e);
        }
    }
}
