package io.gatepool.server;

import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps some of the process's descriptors from clients: each connection takes one, but so do workers, pipes, files and
 * the control socket, and a request that was accepted must find those. When so many connections are open that only the
 * reserve is left, the listening addresses accept no more, and who comes waits in their backlogs.
 *
 * <p>Owned by the event loop.
 */
final class DescriptorReserve {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");
    private static final int LEAST_RESERVE = 64;
    private static final int LARGEST_RESERVE = 1024;
    private static final int SHARE = 4;
    private static final int LEAST = 16;

    /** For addresses that are not the clients': they live on the reserve. */
    static final DescriptorReserve NONE = new DescriptorReserve(Long.MAX_VALUE);

    private final long descriptors;
    private final long most;
    private final Set<Channel> listening = new LinkedHashSet<>();
    private int open;
    private boolean full;

    /** @param descriptors how many this process may have (RLIMIT_NOFILE) */
    DescriptorReserve(long descriptors) {
        this.descriptors = descriptors;
        long reserve = Math.max(LEAST_RESERVE, Math.min(LARGEST_RESERVE, descriptors / SHARE));
        this.most = Math.max(LEAST, descriptors - reserve);
    }

    /** How many connections of clients may be open at once. */
    long most() {
        return most;
    }

    boolean isFull() {
        return full;
    }

    /** A listening channel that is to hold its clients off while the limit is reached. */
    void listens(Channel server) {
        listening.add(server);
        server.closeFuture().addListener(closed -> listening.remove(server));
        if (full) {
            server.config().setAutoRead(false);
        }
    }

    void opened(Channel connection) {
        open++;
        connection.closeFuture().addListener(closed -> closed());
        if (open >= most && !full) {
            full = true;
            LOG.warn(
                    "{} connections are open, more wait: the others of {} descriptors are for workers and files"
                            + " (ulimit -n, LimitNOFILE)",
                    open,
                    descriptors);
            listening.forEach(server -> server.config().setAutoRead(false));
        }
    }

    private void closed() {
        open--;
        if (full && open < most) {
            full = false;
            LOG.info("connections are accepted again");
            listening.forEach(server -> server.config().setAutoRead(true));
        }
    }
}
