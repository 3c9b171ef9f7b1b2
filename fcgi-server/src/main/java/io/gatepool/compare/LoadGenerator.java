package io.gatepool.compare;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Asks a server for the same thing again and again: HTTP/1.1 over kept connections on a Unix socket, on one event loop
 * of its own. Its methods are for one thread, which waits.
 */
public final class LoadGenerator implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("load", true), EpollIoHandler.newFactory());
    private final IoEventLoop loop = group.next();

    /**
     * Runs until all that was due has been answered, or for {@code patienceNanos} longer than the schedule.
     *
     * @param expectedStatus of the answers
     * @throws IOException when there is no connection to the server
     */
    public Load run(Target target, int connections, Schedule schedule, long patienceNanos, int expectedStatus)
            throws IOException, InterruptedException {
        Attack attack = new Attack(target, schedule, patienceNanos, expectedStatus, loop, this::connect);
        try {
            CompletableFuture<Load> result = new CompletableFuture<>();
            loop.execute(() -> attack.start(connections, result));
            return result.get();
        } catch (ExecutionException e) {
            throw new IOException(
                    e.getCause() == null ? e.toString() : e.getCause().getMessage(), e);
        } finally {
            loop.submit(attack::close).awaitUninterruptibly();
        }
    }

    private void connect(Attack attack, Attack.Client client) {
        new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(attack.decoder(), client);
                    }
                })
                .connect(new DomainSocketAddress(attack.target().socket().toFile()))
                .addListener(future -> {
                    if (!future.isSuccess()) {
                        attack.refused(client, future.cause());
                    }
                });
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2000);
    }
}
