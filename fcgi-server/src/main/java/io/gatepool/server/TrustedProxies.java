package io.gatepool.server;

import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The peers whose word is taken ({@code trusted_proxies}): networks, and "unix" for whoever may open our sockets. */
final class TrustedProxies {

    private static final String UNIX = "unix";

    private TrustedProxies() {}

    static Predicate<SocketAddress> of(List<String> peers) {
        boolean unix = peers.contains(UNIX);
        List<IpSubnetFilterRule> networks = peers.stream()
                .filter(peer -> !peer.equals(UNIX))
                .map(ClientFilter::rule)
                .toList();
        return peer -> isTrusted(peer, unix, networks);
    }

    /** A peer on a Unix socket has no address. */
    private static boolean isTrusted(@Nullable SocketAddress peer, boolean unix, List<IpSubnetFilterRule> networks) {
        return peer instanceof InetSocketAddress client
                ? networks.stream().anyMatch(network -> network.matches(client))
                : unix;
    }
}
