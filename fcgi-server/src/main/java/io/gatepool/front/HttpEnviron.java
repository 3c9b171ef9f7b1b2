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
import java.util.function.Predicate;

/**
 * The CGI variables of the HTTP requests of one connection (RFC 3875, 4.1). SCRIPT_NAME holds the whole path, as
 * nginx's stock fastcgi_params do it; the application's mapping splits it. What is the same for all of them is made
 * once.
 *
 * <p>Owned by the event loop.
 */
final class HttpEnviron {

    /** Those of {@link #of} that are no fields, and those of the application's mapping. */
    private static final int OWN_VARIABLES = 10;

    private static final int OWN_BYTES = 256;

    private static final int TYPICAL_FIELD = 64;

    private final FieldNames names;
    private final Predicate<SocketAddress> trusted;
    private final boolean proxied;
    private final Environ common;

    /** What the server is called when the client does not say. */
    private final String unnamed;

    /**
     * @param encrypted whether by TLS that ends here
     * @param trusted whose word on the client is taken
     */
    HttpEnviron(
            FieldNames names,
            SocketAddress local,
            SocketAddress remote,
            boolean encrypted,
            Predicate<SocketAddress> trusted) {
        this.names = names;
        this.trusted = trusted;
        this.proxied = trusted.test(remote);
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
        if (remote instanceof InetSocketAddress there) {
            environ.set("REMOTE_ADDR", NetUtil.toAddressString(there.getAddress()));
            environ.set("REMOTE_PORT", Integer.toString(there.getPort()));
        } else {
            environ.set("REMOTE_ADDR", "127.0.0.1");
        }
        environ.trim();
        common = environ;
    }

    Environ of(HttpRequest request, RequestTarget target) {
        int fields = request.headers().size();
        Environ environ = common.copy(OWN_VARIABLES + fields, OWN_BYTES + TYPICAL_FIELD * fields);
        environ.set("SERVER_PROTOCOL", request.protocolVersion().text());
        environ.set("REQUEST_METHOD", request.method().name());
        environ.set("REQUEST_URI", target.original());
        environ.set("SCRIPT_NAME", target.path());
        environ.set("QUERY_STRING", target.query());
        String host =
                target.authority().isEmpty() ? request.headers().get(HttpHeaderNames.HOST, "") : target.authority();
        String name = hostName(host);
        environ.set("SERVER_NAME", name.isEmpty() ? unnamed : name);
        boolean forwarded = headers(environ, request.headers());
        if (!target.authority().isEmpty()) {
            environ.set("HTTP_HOST", host);
        }
        if (forwarded && proxied) {
            Forwarded.apply(environ, request.headers(), trusted);
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
            FieldNames.Field name = names.of(field.getKey());
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
