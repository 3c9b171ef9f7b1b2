package io.gatepool.server;

import io.gatepool.config.Listen;
import io.gatepool.front.Front;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetSocketAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in who may connect over TCP ({@code allowed_clients}; none named means everybody): FastCGI, SCGI and uwsgi have
 * no password. Unix sockets are guarded by their mode. Event loop only.
 */
final class ClientFilter extends ChannelInitializer<Channel> {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");

    private final Front front;
    private final boolean everybody;
    private final List<IpSubnetFilterRule> allowed;

    ClientFilter(Listen listen, Front front) {
        this.front = front;
        this.everybody = listen.allowedClients().isEmpty();
        this.allowed = listen.allowedClients().stream().map(ClientFilter::rule).toList();
    }

    static IpSubnetFilterRule rule(String network) {
        int slash = network.indexOf('/');
        String address = slash < 0 ? network : network.substring(0, slash);
        int longest = address.indexOf(':') < 0 ? 32 : 128;
        int prefix = slash < 0 ? longest : Integer.parseInt(network.substring(slash + 1));
        return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
    }

    @Override
    protected void initChannel(Channel channel) {
        if (everybody
                || !(channel.remoteAddress() instanceof InetSocketAddress client)
                || allowed.stream().anyMatch(rule -> rule.matches(client))) {
            front.welcome(channel);
        } else {
            LOG.warn(
                    "connection from {} refused: not among allowed_clients",
                    client.getAddress().getHostAddress());
            channel.close();
        }
    }
}
