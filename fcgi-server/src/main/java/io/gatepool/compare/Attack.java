package io.gatepool.compare;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One run of the load generator: connections, and requests on them as the schedule has it. What is due while all
 * connections wait goes out later, and counts from when it was due. Belongs to the load generator's event loop.
 */
final class Attack {

    private static final int OK = 200;
    private static final long RECONNECT_MILLIS = 10;
    private static final double NINETY_NINE = 99;

    private final Target target;
    private final Schedule schedule;
    private final long patience;
    private final int expectedStatus;
    private final EventLoop loop;
    private final BiConsumer<Attack, Client> connect;
    private final ByteBuf request;
    private final List<Client> clients = new ArrayList<>();
    private final ArrayDeque<Client> free = new ArrayDeque<>();
    private final Histogram latencies = Load.histogram();
    private final Histogram lateness = Load.histogram();
    private @Nullable CompletableFuture<Load> result;
    private long begin;
    private int connected;
    private int underWay;
    private boolean started;
    private boolean closed;
    private long answers;
    private long otherStatuses;
    private int otherStatus;
    private long broken;
    private boolean timerSet;

    Attack(
            Target target,
            Schedule schedule,
            long patience,
            int expectedStatus,
            EventLoop loop,
            BiConsumer<Attack, Client> connect) {
        this.target = target;
        this.schedule = schedule;
        this.patience = patience;
        this.expectedStatus = expectedStatus;
        this.loop = loop;
        this.connect = connect;
        this.request = Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(target.request().length).writeBytes(target.request()));
    }

    Target target() {
        return target;
    }

    /** Connects; the run begins when all connections are there. */
    void start(int connections, CompletableFuture<Load> whenDone) {
        result = whenDone;
        for (int i = 0; i < connections; i++) {
            Client client = new Client();
            clients.add(client);
            connect.accept(this, client);
        }
    }

    HttpResponseDecoder decoder() {
        boolean head = target.head();
        return new HttpResponseDecoder() {
            @Override
            protected boolean isContentAlwaysEmpty(HttpMessage message) {
                return head
                                && message instanceof HttpResponse response
                                && response.status().code() >= OK
                        || super.isContentAlwaysEmpty(message);
            }
        };
    }

    /** A connection could not be made: at the beginning that is the end, later one tries again. */
    void refused(Client client, Throwable cause) {
        if (!started && result != null) {
            result.completeExceptionally(new IOException("no connection to the server: " + cause.getMessage(), cause));
            return;
        }
        broken++;
        reconnect(client);
    }

    private void reconnect(Client client) {
        if (!closed) {
            loop.schedule(
                    () -> {
                        if (!closed) {
                            connect.accept(this, client);
                        }
                    },
                    RECONNECT_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private long now() {
        return System.nanoTime() - begin;
    }

    private void begin() {
        started = true;
        begin = System.nanoTime();
        clients.forEach(client -> client.freeSince = 0);
        loop.schedule(this::giveUp, schedule.end() + patience, TimeUnit.NANOSECONDS);
        send();
    }

    /** Sends what is due, as far as there are connections for it, and wakes up for the next. */
    private void send() {
        while (!free.isEmpty() && !closed) {
            long now = now();
            long due = schedule.nextDue(now);
            if (due == Schedule.NEVER) {
                finishIfAll(now);
                return;
            }
            if (due > now) {
                wakeIn(due - now);
                return;
            }
            free.remove().send(schedule.take(now), now);
        }
    }

    private void wakeIn(long nanos) {
        if (!timerSet) {
            timerSet = true;
            loop.schedule(
                    () -> {
                        timerSet = false;
                        send();
                    },
                    nanos,
                    TimeUnit.NANOSECONDS);
        }
    }

    private void finishIfAll(long now) {
        if (underWay == 0) {
            finish(Math.max(now, schedule.end()), 0);
        }
    }

    /** Those who still wait have waited for so long at least; so have those whose turn has never come. */
    private void giveUp() {
        if (closed) {
            return;
        }
        long now = now();
        long unanswered = 0;
        for (Client client : clients) {
            if (client.waiting) {
                Load.record(latencies, now - client.due);
                unanswered++;
            }
        }
        while (schedule.nextDue(schedule.end()) < schedule.end()) {
            Load.record(latencies, now - schedule.take(schedule.end()));
            unanswered++;
        }
        finish(now, unanswered);
    }

    private void finish(long now, long unanswered) {
        closed = true;
        if (result != null) {
            long late = lateness.getTotalCount() == 0 ? 0 : lateness.getValueAtPercentile(NINETY_NINE);
            result.complete(new Load(latencies, answers, now, otherStatuses, otherStatus, broken, unanswered, late));
        }
    }

    void close() {
        closed = true;
        clients.forEach(Client::close);
        request.unwrap().release();
    }

    /** One connection, and its place while it has none. */
    final class Client extends SimpleChannelInboundHandler<HttpObject> {

        private @Nullable ChannelHandlerContext context;
        private boolean waiting;
        private boolean last;
        private int status;
        private long due;
        private long freeSince;

        @Override
        public boolean isSharable() {
            // It moves from a connection that has ended to the next.
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext active) {
            context = active;
            last = false;
            free.add(this);
            if (started) {
                freeSince = now();
                Attack.this.send();
            } else if (++connected == clients.size()) {
                begin();
            }
        }

        private void send(long whenDue, long now) {
            due = whenDue;
            waiting = true;
            status = 0;
            underWay++;
            if (freeSince <= whenDue) {
                Load.record(lateness, now - whenDue);
            }
            if (context != null) {
                context.writeAndFlush(request.duplicate(), context.voidPromise());
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext active, HttpObject part) {
            if (part instanceof HttpResponse response) {
                status = response.status().code();
                last = !HttpUtil.isKeepAlive(response);
            }
            if (part.decoderResult().isFailure()) {
                active.close();
            } else if (part instanceof LastHttpContent && status >= OK && waiting) {
                answered(active);
            }
        }

        private void answered(ChannelHandlerContext active) {
            if (closed) {
                return;
            }
            long now = now();
            waiting = false;
            underWay--;
            if (status == expectedStatus) {
                answers++;
                Load.record(latencies, now - due);
            } else {
                otherStatuses++;
                otherStatus = status;
            }
            if (last) {
                active.close();
                return;
            }
            freeSince = now;
            free.add(this);
            Attack.this.send();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ended) {
            context = null;
            free.remove(this);
            if (closed) {
                return;
            }
            if (!started) {
                refused(this, new IOException("it was closed"));
                return;
            }
            if (waiting) {
                waiting = false;
                underWay--;
                broken++;
            }
            long now = now();
            if (schedule.nextDue(now) == Schedule.NEVER) {
                finishIfAll(now);
            } else {
                reconnect(this);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
            failed.close();
        }

        private void close() {
            if (context != null) {
                context.close();
            }
        }
    }
}
