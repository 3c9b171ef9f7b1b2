package io.gatepool.front;

import io.netty.channel.Channel;

/** Listening addresses where web servers speak FastCGI. Event loop only. */
public final class FastCgiFront implements Front {

    private final FrontContext shared;
    private Router router;
    private final OpenConnections<FastCgiConnection> connections = new OpenConnections<>();

    public FastCgiFront(FrontContext context, Router router) {
        this.shared = context;
        this.router = router;
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
        connection.pipeline().addLast(new FastCgiConnection(this, shared));
    }

    @Override
    public int connections() {
        return connections.count();
    }

    /**
     * Its requests are known to their applications once they are complete, and an answer is over when it is on its way.
     */
    @Override
    public boolean isIdle() {
        return connections.areIdle();
    }

    @Override
    public void drain() {
        connections.drain();
    }

    OpenConnections<FastCgiConnection> open() {
        return connections;
    }
}
