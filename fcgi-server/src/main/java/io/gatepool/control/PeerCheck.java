package io.gatepool.control;

import io.gatepool.process.PeerGroups;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Who is served: root, the daemon's own user, and members of the control group. The kernel tells who connects
 * (SO_PEERCRED, SO_PEERGROUPS). The mode of the socket says nearly the same; but it does not stop a process with
 * CAP_DAC_OVERRIDE, and somebody may have changed it. Event loop only.
 *
 * @param uid the daemon's own
 * @param group the control group's id, if there is one
 */
record PeerCheck(int uid, OptionalInt group) {

    /** Whether to serve; when not, {@code who} is to be told so. */
    record Verdict(boolean served, String who) {}

    Verdict look(EpollDomainSocketChannel channel) {
        try {
            PeerCredentials peer = channel.peerCredentials();
            boolean served = isServed(peer.uid(), peer.gids())
                    || group.isPresent()
                            && isServed(peer.uid(), PeerGroups.of(channel.fd().intValue()));
            return new Verdict(served, "uid " + peer.uid() + ", pid " + peer.pid());
        } catch (IOException e) {
            return new Verdict(false, "a process of which the kernel tells nothing (" + e.getMessage() + ")");
        }
    }

    boolean isServed(int peer, int[] groups) {
        return peer == 0
                || peer == uid
                || group.isPresent() && Arrays.stream(groups).anyMatch(one -> one == group.getAsInt());
    }
}
