package io.gatepool.front;

import io.gatepool.config.HttpSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Listening addresses where browsers and proxies speak HTTP/1.1. Event loop only. */
public final class HttpFront implements Front {

    private final FrontContext shared;
    private Router router;
    private final HttpSettings settings;
    private final Set<HttpConnection> connections = new LinkedHashSet<>();
    private String date = formatDate();

    public HttpFront(FrontContext context, Router router, HttpSettings settings) {
        this.shared = context;
        this.router = router;
        this.settings = settings;
        context.loop().scheduleAtFixedRate(this::everySecond, 1, 1, TimeUnit.SECONDS);
    }

    private void everySecond() {
        date = formatDate();
        long now = System.nanoTime();
        List.copyOf(connections).forEach(connection -> connection.checkTimeouts(now));
    }

    private static String formatDate() {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    }

    /** The Date header's value, made once a second. */
    String date() {
        return date;
    }

    Router router() {
        return router;
    }

    @Override
    public void reroute(Router to) {
        router = to;
    }

    @Override
    public ChannelHandler connectionHandler() {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(new HttpDecoder(settings))
                        .addLast(new HttpResponseEncoder())
                        .addLast(new HttpConnection(HttpFront.this, shared, settings));
            }
        };
    }

    @Override
    public int connections() {
        return connections.size();
    }

    @Override
    public void drain() {
        List.copyOf(connections).forEach(HttpConnection::drain);
    }

    void opened(HttpConnection connection) {
        connections.add(connection);
    }

    void closed(HttpConnection connection) {
        connections.remove(connection);
    }
}
