package io.gatepool.process;

import java.io.IOException;
import java.util.Arrays;

/**
 * The supplementary groups of the process at the other end of a Unix socket, as they were when it connected:
 * SO_PEERGROUPS, unix(7). The primary one is not among them, unless it is also a supplementary one. Any thread.
 */
public final class PeerGroups {

    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERGROUPS = 59;
    private static final int ERANGE = 34;
    private static final int GUESS = 64;

    private PeerGroups() {}

    /**
     * @param fd a connected Unix socket
     * @throws IOException when the kernel does not tell
     */
    public static int[] of(int fd) throws IOException {
        int[] groups = new int[GUESS];
        int[] length = {groups.length * Integer.BYTES};
        int result = Libc.Native.LIBC.getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, length);
        if (result != 0 && Libc.Native.errno() == ERANGE) {
            groups = new int[length[0] / Integer.BYTES];
            result = Libc.Native.LIBC.getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, length);
        }
        if (result != 0) {
            throw new IOException("SO_PEERGROUPS: " + Errno.describe(Libc.Native.errno()));
        }
        return Arrays.copyOf(groups, length[0] / Integer.BYTES);
    }
}
