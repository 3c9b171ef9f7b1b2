package io.gatepool.front;

import io.gatepool.cgi.Environ;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * The CGI variables of the HTTP requests of one connection (RFC 3875, 4.1). SCRIPT_NAME holds the whole path, as
 * nginx's stock fastcgi_params do it; the application's mapping splits it. There are thousands of connections that only
 * rest, so each keeps no more than what tells its client from others.
 *
 * <p>Owned by the event loop.
 */
final class HttpEnviron {

    /** Those of {@link #of} that are no fields, and those of the application's mapping. */
    private static final int OWN_VARIABLES = 12;

    private static final int OWN_BYTES = 320;

    private static final int TYPICAL_FIELD = 64;

    private static final int NO_PORT = -1;

    /** What the requests to one address have in common, made once for all connections there. */
    static final class Server {
        private final FieldNames names;
        private final Predicate<SocketAddress> trusted;
        private final SocketAddress local;
        private final Environ variables;

        /** What it is called when the client does not say. */
        private final String unnamed;

        /**
         * @param encrypted whether by TLS that ends here
         * @param trusted whose word on the client is taken
         */
        Server(FieldNames names, SocketAddress local, boolean encrypted, Predicate<SocketAddress> trusted) {
            this.names = names;
            this.trusted = trusted;
            this.local = local;
            Environ environ = new Environ();
            environ.set("GATEWAY_INTERFACE", "CGI/1.1");
            environ.set("SERVER_SOFTWARE", "gatepool");
            environ.set("REQUEST_SCHEME", encrypted ? "https" : "http");
            if (encrypted) {
                environ.set("HTTPS", "on");
            }
            if (local instanceof InetSocketAddress here) {
                String address = NetUtil.toAddressString(here.getAddress());
                environ.set("SERVER_ADDR", address);
                environ.set("SERVER_PORT", Integer.toString(here.getPort()));
                unnamed = address.contains(":") ? "[" + address + "]" : address;
            } else {
                environ.set("SERVER_PORT", encrypted ? "443" : "80");
                unnamed = "localhost";
            }
            environ.trim();
            variables = environ;
        }

        boolean isAt(SocketAddress address) {
            return Objects.equals(local, address);
        }
    }

    private final Server server;
    private final boolean proxied;
    private final String remoteAddress;
    private final int remotePort;

    /** @param remote the client, or the proxy in front of it */
    HttpEnviron(Server server, SocketAddress remote) {
        this.server = server;
        this.proxied = server.trusted.test(remote);
        if (remote instanceof InetSocketAddress there) {
            remoteAddress = NetUtil.toAddressString(there.getAddress());
            remotePort = there.getPort();
        } else {
            remoteAddress = "127.0.0.1";
            remotePort = NO_PORT;
        }
    }

    Environ of(HttpRequest request, RequestTarget target) {
        int fields = request.headers().size();
        Environ environ = server.variables.copy(OWN_VARIABLES + fields, OWN_BYTES + TYPICAL_FIELD * fields);
        environ.set("REMOTE_ADDR", remoteAddress);
        if (remotePort != NO_PORT) {
            environ.set("REMOTE_PORT", Integer.toString(remotePort));
        }
        environ.set("SERVER_PROTOCOL", request.protocolVersion().text());
        environ.set("REQUEST_METHOD", request.method().name());
        environ.set("REQUEST_URI", target.original());
        environ.set("SCRIPT_NAME", target.path());
        environ.set("QUERY_STRING", target.query());
        String host =
                target.authority().isEmpty() ? request.headers().get(HttpHeaderNames.HOST, "") : target.authority();
        String name = hostName(host);
        environ.set("SERVER_NAME", name.isEmpty() ? server.unnamed : name);
        boolean forwarded = headers(environ, request.headers());
        if (!target.authority().isEmpty()) {
            environ.set("HTTP_HOST", host);
        }
        if (forwarded && proxied) {
            Forwarded.apply(environ, request.headers(), server.trusted);
        }
        return environ;
    }

    /** Without the port, with the brackets of an IPv6 address kept (RFC 3875, 4.1.14); "" if there is no name. */
    static String hostName(String host) {
        int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
        return end < 0 ? host : host.substring(0, end);
    }

    /** Returns whether a proxy has said something of the client. */
    private boolean headers(Environ environ, HttpHeaders headers) {
        boolean forwarded = false;
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            FieldNames.Field name = server.names.of(field.getKey());
            forwarded |= name.isForwarding();
            if (!name.isDropped() && (proxied || !name.isForwarding())) {
                set(environ, name, field.getValue().toString());
            }
        }
        return forwarded;
    }

    private static void set(Environ environ, FieldNames.Field name, String value) {
        String earlier = name.isList() ? environ.get(name.variable()) : null;
        environ.set(name.variable(), earlier == null ? value : earlier + name.separator() + value);
    }
}
