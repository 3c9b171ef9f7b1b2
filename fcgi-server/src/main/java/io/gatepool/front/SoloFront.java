package io.gatepool.front;

import io.gatepool.config.Durations;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listening addresses where web servers speak SCGI or uwsgi: one request for each connection. Event loop only. */
public final class SoloFront implements Front {

    private final FrontContext shared;
    private final SoloProtocol protocol;
    private final Duration headTimeout;
    private final Logger log;
    private Router router;
    private final OpenConnections<SoloConnection> connections = new OpenConnections<>();

    /** Those whose head is not complete, the oldest first. */
    private final Set<SoloConnection> awaited = new LinkedHashSet<>();

    private boolean watching;

    /** @param headTimeout from the opening of a connection to the end of its request's head */
    public SoloFront(FrontContext context, Router router, SoloProtocol protocol, Duration headTimeout) {
        this.shared = context;
        this.router = router;
        this.protocol = protocol;
        this.headTimeout = headTimeout;
        this.log = LoggerFactory.getLogger(protocol.text());
    }

    Logger log() {
        return log;
    }

    Router router() {
        return router;
    }

    Duration headTimeout() {
        return headTimeout;
    }

    @Override
    public void reroute(Router to) {
        router = to;
    }

    @Override
    public void welcome(Channel connection) {
        connection.pipeline().addLast(new SoloConnection(this, shared, protocol));
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

    void opened(SoloConnection connection) {
        awaited.add(connection);
        if (!watching && !Durations.isOff(headTimeout)) {
            watch(headTimeout.toNanos());
        }
        connections.opened(connection);
    }

    /** One timer for all, which is not there when nobody is waited for. */
    private void watch(long nanos) {
        watching = true;
        shared.loop().schedule(this::endTheLate, nanos, TimeUnit.NANOSECONDS);
    }

    private void endTheLate() {
        watching = false;
        long now = System.nanoTime();
        for (SoloConnection oldest : List.copyOf(awaited)) {
            long rest = headTimeout.toNanos() - (now - oldest.openedNanos());
            if (rest > 0) {
                watch(rest);
                return;
            }
            awaited.remove(oldest);
            oldest.late();
        }
    }

    void headIsComplete(SoloConnection connection) {
        awaited.remove(connection);
    }

    void closed(SoloConnection connection) {
        awaited.remove(connection);
        connections.closed(connection);
    }
}
