package io.gatepool.front;

import io.gatepool.cgi.Environ;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy in front says of the client's connection: X-Forwarded-For, -Proto, -Host and -Port. Only the last value
 * of each is the word of the proxy that we know; in the chain of addresses as many count as trusted proxies stand at
 * its end. What makes no sense is not believed. Stateless.
 */
final class Forwarded {

    /** Applications believe these, so those of a stranger are kept from them. */
    private static final Set<String> NAMES =
            Set.of("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port");

    private static final int LONGEST_ADDRESS = 64;

    private Forwarded() {}

    /** @param name in lower case */
    static boolean isForwarding(String name) {
        return name.length() >= 9 && NAMES.contains(name);
    }

    /**
     * Corrects the variables of a request that a trusted proxy has sent.
     *
     * @param trusted whether an address is that of a proxy whose word counts
     */
    static void apply(Environ environ, HttpHeaders headers, Predicate<SocketAddress> trusted) {
        client(environ, headers.getAll("X-Forwarded-For"), trusted);
        String scheme = last(headers, "X-Forwarded-Proto").toLowerCase(Locale.ROOT);
        boolean known = scheme.equals("https") || scheme.equals("http");
        if (known) {
            environ.set("REQUEST_SCHEME", scheme);
            environ.remove("HTTPS");
            if (scheme.equals("https")) {
                environ.set("HTTPS", "on");
            }
        }
        String host = last(headers, "X-Forwarded-Host");
        boolean named = !HttpEnviron.hostName(host).isEmpty() && HttpRefusal.isHost(host);
        if (named) {
            environ.set("HTTP_HOST", host);
            environ.set("SERVER_NAME", HttpEnviron.hostName(host));
        }
        port(environ, last(headers, "X-Forwarded-Port"), named ? host : "", known || named);
    }

    private static void client(Environ environ, List<String> fields, Predicate<SocketAddress> trusted) {
        String[] chain = String.join(",", fields).split(",", -1);
        for (int at = chain.length - 1; at >= 0; at--) {
            InetSocketAddress hop = address(chain[at].trim());
            if (hop == null) {
                return;
            }
            environ.set("REMOTE_ADDR", NetUtil.toAddressString(hop.getAddress()));
            environ.remove("REMOTE_PORT");
            if (hop.getPort() > 0) {
                environ.set("REMOTE_PORT", Integer.toString(hop.getPort()));
            }
            if (!trusted.test(hop)) {
                return;
            }
        }
    }

    /** An address with or without a port, in brackets or not; null if it is none: no name is ever looked up. */
    private static @Nullable InetSocketAddress address(String text) {
        if (text.isEmpty() || text.length() > LONGEST_ADDRESS) {
            return null;
        }
        String host = text;
        int port = 0;
        int colon = text.lastIndexOf(':');
        boolean bracket = text.startsWith("[");
        if (colon > 0 && (bracket ? text.charAt(colon - 1) == ']' : text.indexOf(':') == colon)) {
            port = port(text.substring(colon + 1));
            host = text.substring(0, colon);
            if (port < 0) {
                return null;
            }
        }
        if (bracket) {
            if (!host.endsWith("]")) {
                return null;
            }
            host = host.substring(1, host.length() - 1);
        }
        InetAddress address = host.indexOf('%') < 0 ? NetUtil.createInetAddressFromIpAddressString(host) : null;
        return address == null ? null : new InetSocketAddress(address, port);
    }

    /** The port that was said; else the one in the host; else the usual one, if anything was said at all. */
    private static void port(Environ environ, String said, String host, boolean anything) {
        int port = port(said);
        if (port < 0 && !host.isEmpty()) {
            port = port(host.substring(HttpEnviron.hostName(host).length()).replaceFirst("^:", ""));
        }
        if (port < 0 && anything) {
            port = environ.getOrEmpty("REQUEST_SCHEME").equals("https") ? 443 : 80;
        }
        if (port > 0) {
            environ.set("SERVER_PORT", Integer.toString(port));
        }
    }

    /** -1 if it is none. */
    private static int port(String digits) {
        boolean sound =
                digits.length() <= 5 && !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = sound ? Integer.parseInt(digits) : -1;
        return port > 0 && port < 65536 ? port : -1;
    }

    private static String last(HttpHeaders headers, String name) {
        List<String> fields = headers.getAll(name);
        String value = fields.isEmpty() ? "" : fields.get(fields.size() - 1);
        return value.substring(value.lastIndexOf(',') + 1).trim();
    }
}
