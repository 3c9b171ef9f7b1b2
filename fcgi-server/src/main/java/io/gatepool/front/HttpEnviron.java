package io.gatepool.front;

import io.gatepool.cgi.Environ;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The CGI variables of an HTTP request (RFC 3875, 4.1). SCRIPT_NAME holds the whole path, as nginx's stock
 * fastcgi_params do it; the application's mapping splits it. Stateless.
 */
final class HttpEnviron {

    private static final String SOFTWARE = "gatepool";

    private HttpEnviron() {}

    /**
     * Over which connection a request came.
     *
     * @param encrypted whether by TLS that ends here
     * @param trusted whose word on the client is taken
     */
    record Way(SocketAddress local, SocketAddress remote, boolean encrypted, Predicate<SocketAddress> trusted) {}

    static Environ of(HttpRequest request, RequestTarget target, Way way) {
        Environ environ = new Environ();
        environ.set("GATEWAY_INTERFACE", "CGI/1.1");
        environ.set("SERVER_SOFTWARE", SOFTWARE);
        environ.set("SERVER_PROTOCOL", request.protocolVersion().text());
        environ.set("REQUEST_METHOD", request.method().name());
        environ.set("REQUEST_URI", target.original());
        environ.set("REQUEST_SCHEME", way.encrypted() ? "https" : "http");
        if (way.encrypted()) {
            environ.set("HTTPS", "on");
        }
        environ.set("SCRIPT_NAME", target.path());
        environ.set("QUERY_STRING", target.query());
        String host =
                target.authority().isEmpty() ? request.headers().get(HttpHeaderNames.HOST, "") : target.authority();
        addresses(environ, hostName(host), way);
        boolean proxied = way.trusted().test(way.remote());
        headers(environ, request.headers(), proxied);
        if (!target.authority().isEmpty()) {
            environ.set("HTTP_HOST", host);
        }
        if (proxied) {
            Forwarded.apply(environ, request.headers(), way.trusted());
        }
        return environ;
    }

    private static void addresses(Environ environ, String host, Way way) {
        if (way.local() instanceof InetSocketAddress here) {
            String address = NetUtil.toAddressString(here.getAddress());
            environ.set("SERVER_ADDR", address);
            environ.set("SERVER_PORT", Integer.toString(here.getPort()));
            environ.set("SERVER_NAME", !host.isEmpty() ? host : address.contains(":") ? "[" + address + "]" : address);
        } else {
            environ.set("SERVER_PORT", way.encrypted() ? "443" : "80");
            environ.set("SERVER_NAME", host.isEmpty() ? "localhost" : host);
        }
        if (way.remote() instanceof InetSocketAddress there) {
            environ.set("REMOTE_ADDR", NetUtil.toAddressString(there.getAddress()));
            environ.set("REMOTE_PORT", Integer.toString(there.getPort()));
        } else {
            environ.set("REMOTE_ADDR", "127.0.0.1");
        }
    }

    /** Without the port, with the brackets of an IPv6 address kept (RFC 3875, 4.1.14); "" if there is no name. */
    static String hostName(String host) {
        int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
        return end < 0 ? host : host.substring(0, end);
    }

    private static void headers(Environ environ, HttpHeaders headers, boolean proxied) {
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey();
            String lower = name.toLowerCase(Locale.ROOT);
            switch (lower) {
                case "content-type" -> environ.set("CONTENT_TYPE", header.getValue());
                case "content-length" -> environ.set("CONTENT_LENGTH", header.getValue());
                // httpoxy (CVE-2016-5385): HTTP_PROXY would be taken for the proxy to use.
                case "proxy" -> {}
                // Framing of this connection, settled here.
                case "connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect" -> {}
                default -> {
                    if (proxied || !Forwarded.isForwarding(lower)) {
                        variable(environ, name, header.getValue());
                    }
                }
            }
        }
    }

    private static void variable(Environ environ, String name, String value) {
        if (name.indexOf('_') >= 0) {
            // X_Forwarded_For would pass for X-Forwarded-For.
            return;
        }
        String variable = "HTTP_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
        String earlier = environ.get(variable);
        String separator = variable.equals("HTTP_COOKIE") ? "; " : ", ";
        environ.set(variable, earlier == null ? value : earlier + separator + value);
    }
}
