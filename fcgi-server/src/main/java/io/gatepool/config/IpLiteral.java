package io.gatepool.config;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** IP addresses and networks written as literals. Nothing here ever asks a name server. */
final class IpLiteral {
    private IpLiteral() {}

    /** The address as it was written, if it is a complete dotted quad. */
    static Optional<String> parseV4(String text) {
        return NetUtil.isValidIpV4Address(text) ? Optional.of(text) : Optional.empty();
    }

    /** The address in its canonical form (RFC 5952). Zones, as in fe80::1%eth0, are refused: they name no peer. */
    static Optional<String> parseV6(String text) {
        if (text.indexOf('%') >= 0 || text.indexOf('[') >= 0 || !NetUtil.isValidIpV6Address(text)) {
            return Optional.empty();
        }
        try {
            // A literal is never looked up; one that maps IPv4 comes back as an Inet4Address and keeps its spelling.
            InetAddress address = InetAddress.getByName(text);
            return Optional.of(address instanceof Inet6Address ? NetUtil.toAddressString(address) : text);
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Whether the text is an address, or a network such as 10.0.0.0/8 or fd00::/8. */
    static boolean isNetwork(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean v4 = parseV4(address).isPresent();
        if (!v4 && parseV6(address).isEmpty()) {
            return false;
        }
        String bits = slash < 0 ? "0" : text.substring(slash + 1);
        return bits.matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(bits) <= (v4 ? 32 : 128);
    }
}
