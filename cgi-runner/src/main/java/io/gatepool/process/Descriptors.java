package io.gatepool.process;

import java.io.IOException;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** File descriptors by number: what the JDK has no words for. Any thread. */
public final class Descriptors {

    private Descriptors() {}

    /**
     * Makes sure that 0, 1 and 2 are open (on /dev/null), so that no pipe or socket ever gets one of these numbers and
     * then the output of somebody else. A daemon may be started with them closed.
     */
    public static void reserveStandardOnes() {
        int fd;
        do {
            fd = Libc.Native.LIBC.open("/dev/null", Libc.O_RDWR);
        } while (fd >= 0 && fd <= 2);
        if (fd > 2) {
            close(fd);
        }
    }

    /** How many descriptors this process may have now: the soft RLIMIT_NOFILE. */
    public static long limit() {
        Pointer limits = Memory.allocateDirect(Libc.Native.RUNTIME, 16, true);
        int error = Libc.Native.LIBC.prlimit(0, Libc.RLIMIT_NOFILE, null, limits);
        long soft = limits.getLong(0);
        // RLIM_INFINITY is all ones.
        return error != 0 || soft < 0 ? Integer.MAX_VALUE : soft;
    }

    static int openDevNull() {
        int fd = Libc.Native.LIBC.open("/dev/null", Libc.O_RDWR | Libc.O_CLOEXEC);
        if (fd < 0) {
            throw new IllegalStateException("open(/dev/null): " + Errno.describe(Libc.Native.errno()));
        }
        return fd;
    }

    /** Closes a descriptor; an error is of no use to anybody then. */
    static void close(int fd) {
        Libc.Native.LIBC.close(fd);
    }

    /** Sets O_NONBLOCK on the open file description behind {@code fd}. */
    static void setNonBlocking(int fd) throws IOException {
        int flags = Libc.Native.LIBC.fcntl(fd, Libc.F_GETFL, 0);
        if (flags < 0 || Libc.Native.LIBC.fcntl(fd, Libc.F_SETFL, flags | Libc.O_NONBLOCK) < 0) {
            throw Errno.last("fcntl(" + fd + ", F_SETFL)");
        }
    }

    /**
     * Another descriptor for the same thing, from {@code least} on; closed at an exec, as {@code fd} itself is from now
     * on.
     */
    static int duplicate(int fd, int least) throws IOException {
        int copy = Libc.Native.LIBC.fcntl(fd, Libc.F_DUPFD_CLOEXEC, least);
        if (copy < 0) {
            throw Errno.last("fcntl(" + fd + ", F_DUPFD_CLOEXEC)");
        }
        Libc.Native.LIBC.fcntl(fd, Libc.F_SETFD, Libc.FD_CLOEXEC);
        return copy;
    }

    /** Closes a descriptor whose number must not come to mean anything else: it is /dev/null from now on. */
    static void replaceByDevNull(int fd) {
        int devNull = openDevNull();
        Libc.Native.LIBC.dup3(devNull, fd, Libc.O_CLOEXEC);
        close(devNull);
    }

    /**
     * The bytes that the peer of a Unix socket has not yet read, or -1 when the kernel does not say. Tells a process
     * that listens but never reads from one that has taken the request.
     */
    public static int unreadByPeer(int socket) {
        int[] value = new int[1];
        return Libc.Native.LIBC.ioctl(socket, Libc.SIOCOUTQ, value) == 0 ? value[0] : -1;
    }

    /**
     * Waits until there is something to read from {@code fd}, or its end, or the writing end of the pipe {@code end}
     * was closed. Returns whether that is so.
     */
    static boolean awaitReadable(int fd, int end) {
        int[] poll = {fd, Libc.POLLIN, end, 0};
        Libc.Native.LIBC.poll(poll, 2, -1);
        return (poll[3] >>> 16 & Libc.POLLHUP) != 0;
    }

    /**
     * Whether the peer of a Unix socket has closed it for good, rather than only its writing side: end of file alone
     * does not tell.
     */
    public static boolean isHungUp(int socket) {
        // struct pollfd { int fd; short events; short revents; }, little-endian: both shorts lie in the second int.
        int[] poll = {socket, 0};
        return Libc.Native.LIBC.poll(poll, 1, 0) > 0 && (poll[1] >>> 16 & (Libc.POLLHUP | Libc.POLLERR)) != 0;
    }
}
