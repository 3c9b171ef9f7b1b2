package io.gatepool.cli;

import io.gatepool.process.User;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whose a control socket is, and who holds the lock beside it: for those who get no answer there. */
final class Ownership {

    private static final String LOCK = "gatepool.lock";

    /** {@code 3: POSIX  ADVISORY  WRITE 812 00:1a:1234 0 EOF}, proc(5). */
    private static final Pattern LOCKED = Pattern.compile("POSIX\\s+ADVISORY\\s+WRITE\\s+(-?\\d+)\\s+\\S+:(\\d+)\\s");

    private Ownership() {}

    /** Whether we may not use it, or not even see whether it is there. To connect takes the right to write. */
    static boolean isDenied(Path socket) {
        try {
            Files.readAttributes(socket, BasicFileAttributes.class);
            return !Files.isWritable(socket);
        } catch (AccessDeniedException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Why we may not use it. */
    static String denied(Path socket) {
        return "permission denied: " + socket + belongs(socket) + ", and you are "
                + User.current().name()
                + "; ask as that user or root, or name a group of yours as control_group in [server]";
    }

    private static String belongs(Path socket) {
        try {
            PosixFileAttributes file = Files.readAttributes(socket, PosixFileAttributes.class);
            return " belongs to " + file.owner().getName() + ":" + file.group().getName() + " ("
                    + PosixFilePermissions.toString(file.permissions()) + ")";
        } catch (IOException e) {
            return " lies where you may not look";
        }
    }

    /**
     * Whether a daemon holds the directory of the socket all the same. Found in {@code /proc/locks}: trying the lock
     * would take it from a daemon that starts in this moment.
     */
    static String heldLock(Path socket) {
        try {
            long inode = (Long) Files.getAttribute(socket.resolveSibling(LOCK), "unix:ino");
            for (String line : Files.readAllLines(Path.of("/proc/locks"))) {
                Matcher lock = LOCKED.matcher(line);
                if (lock.find() && Long.parseLong(lock.group(2)) == inode) {
                    return ", though " + LOCK + " there is held by pid " + lock.group(1)
                            + ": it is starting or ending, or its socket was removed";
                }
            }
        } catch (IOException e) {
            // No lock, or none that we may see.
        }
        return "";
    }
}
