package io.gatepool.front;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatepool.config.HttpSettings;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Listening addresses where browsers and proxies speak HTTP/1.1. Event loop only. */
public final class HttpFront implements Front {

    private static final int CHECKED_AT_ONCE = 100;

    /** So many are told why at a time; others are only closed. */
    private static final int MOST_TURNED_AWAY = 128;

    private final FrontContext shared;
    private Router router;
    private final HttpSettings settings;
    private final OpenConnections<HttpConnection> connections = new OpenConnections<>();
    private byte[] date = formatDate();
    private int turnedAway;

    private final FieldNames fieldNames = new FieldNames();
    private final ConnectionLimit limit;
    private final @Nullable Tls tls;
    private HttpEnviron.@Nullable Server server;

    /**
     * @param limit of connections, together with other fronts
     * @param tls what encrypts the connections; null for plain HTTP
     */
    public HttpFront(
            FrontContext context, Router router, HttpSettings settings, ConnectionLimit limit, @Nullable Tls tls) {
        this.shared = context;
        this.router = router;
        this.settings = settings;
        this.limit = limit;
        this.tls = tls;
        context.loop().scheduleAtFixedRate(this::everySecond, 1, 1, TimeUnit.SECONDS);
    }

    private void everySecond() {
        date = formatDate();
        checkTimeouts(connections.list(), 0);
    }

    /** Some at a time: thousands that are late together must not hold up the others. */
    private void checkTimeouts(List<HttpConnection> all, int from) {
        int to = Math.min(from + CHECKED_AT_ONCE, all.size());
        long now = System.nanoTime();
        all.subList(from, to).forEach(connection -> connection.checkTimeouts(now));
        if (to < all.size()) {
            shared.loop().execute(() -> checkTimeouts(all, to));
        }
    }

    private static byte[] formatDate() {
        return DateTimeFormatter.RFC_1123_DATE_TIME
                .format(ZonedDateTime.now(ZoneOffset.UTC))
                .getBytes(US_ASCII);
    }

    /** The Date header's value, made once a second. */
    byte[] date() {
        return date;
    }

    /** Who the clients have come to by this address; the last one is kept, since most fronts have one address. */
    HttpEnviron.Server server(SocketAddress local) {
        HttpEnviron.Server last = server;
        if (last == null || !last.isAt(local)) {
            last = new HttpEnviron.Server(fieldNames, local, tls != null, shared.trusted());
            server = last;
        }
        return last;
    }

    Router router() {
        return router;
    }

    @Override
    public void reroute(Router to) {
        router = to;
    }

    @Override
    public void welcome(Channel connection) {
        if (!limit.take()) {
            turnAway(connection);
            return;
        }
        connection.closeFuture().addListener(closed -> limit.release());
        if (tls != null) {
            connection.pipeline().addLast(new TlsEntrance(tls));
        }
        HttpDecoder decoder = new HttpDecoder(settings, limit);
        connection.pipeline().addLast(decoder).addLast(new HttpConnection(this, shared, settings, decoder));
    }

    private void turnAway(Channel channel) {
        if (tls != null || turnedAway >= MOST_TURNED_AWAY) {
            // A handshake, or one more descriptor, would cost what there is too little of.
            channel.close();
            return;
        }
        turnedAway++;
        channel.closeFuture().addListener(closed -> turnedAway--);
        channel.pipeline().addLast(new TurnedAway());
    }

    @Override
    public int connections() {
        return connections.count();
    }

    @Override
    public boolean isIdle() {
        return connections.areIdle();
    }

    @Override
    public void drain() {
        connections.drain();
    }

    OpenConnections<HttpConnection> open() {
        return connections;
    }
}
