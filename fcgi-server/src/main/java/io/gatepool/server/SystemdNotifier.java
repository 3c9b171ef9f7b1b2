package io.gatepool.server;

import io.gatepool.process.DatagramSender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how gatepool is doing, as sd_notify(3) has it: datagrams to the socket that {@code NOTIFY_SOCKET}
 * names, and with {@code WATCHDOG_USEC} a sign of life at half of that time. Where gatepool was not started by systemd
 * with {@code Type=notify}, nothing is said.
 *
 * <p>Owned by the event loop: whoever sends signs of life from there shows that it is not stuck. Sending never waits;
 * what does not fit into systemd's queue is sent at the next tick.
 */
final class SystemdNotifier {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");

    /** What waits is a handful of changes of state; more are of no use to anybody. */
    private static final int MOST_WAITING = 16;

    private final @Nullable DatagramSender socket;
    private final long watchdogNanos;
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private long lastSignOfLife;
    private boolean complained;

    private SystemdNotifier(@Nullable DatagramSender socket, long watchdogNanos, long nowNanos) {
        this.socket = socket;
        this.watchdogNanos = watchdogNanos;
        // The first sign of life goes out at once.
        this.lastSignOfLife = nowNanos - watchdogNanos;
    }

    /** @param environment gatepool's own */
    static SystemdNotifier of(Map<String, String> environment) {
        String name = environment.getOrDefault("NOTIFY_SOCKET", "");
        DatagramSender socket = null;
        if (!name.isEmpty()) {
            try {
                socket = DatagramSender.to(name);
            } catch (IOException e) {
                LOG.warn("NOTIFY_SOCKET: {}; systemd will not be told anything", e.getMessage());
            }
        }
        return new SystemdNotifier(socket, watchdogNanos(environment), System.nanoTime());
    }

    /** The time between two signs of life; 0 for none, also when they are expected from another process. */
    private static long watchdogNanos(Map<String, String> environment) {
        String usec = environment.getOrDefault("WATCHDOG_USEC", "");
        String pid = environment.getOrDefault("WATCHDOG_PID", "");
        if (usec.isEmpty() || !(pid.isEmpty() || pid.equals(ownPid()))) {
            return 0;
        }
        try {
            return Math.max(0, TimeUnit.MICROSECONDS.toNanos(Long.parseLong(usec)) / 2);
        } catch (NumberFormatException e) {
            LOG.warn("WATCHDOG_USEC: '{}' is no number; there will be no sign of life", usec);
            return 0;
        }
    }

    private static String ownPid() {
        return Long.toString(ProcessHandle.current().pid());
    }

    /** The start, or a reload, is over. */
    void ready(String status) {
        send("READY=1\nMAINPID=" + ownPid() + "\nSTATUS=" + oneLine(status));
    }

    /** A reload begins; {@link #ready} ends it, whether it was successful or not. */
    void reloading() {
        // CLOCK_MONOTONIC, from which systemd 253 tells this reload's READY from an earlier one.
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
        send("RELOADING=1\nMONOTONIC_USEC=" + micros + "\nSTATUS=reloading");
    }

    void stopping() {
        send("STOPPING=1\nSTATUS=stopping");
    }

    /** What {@code systemctl status} shows in its line "Status". */
    void status(String text) {
        send("STATUS=" + oneLine(text));
    }

    /** Called several times a second, by the loop that everything depends on. */
    void tick(long nowNanos) {
        while (!waiting.isEmpty() && trySend(waiting.peek())) {
            waiting.remove();
        }
        if (watchdogNanos > 0 && nowNanos - lastSignOfLife >= watchdogNanos) {
            lastSignOfLife = nowNanos;
            send("WATCHDOG=1");
        }
    }

    /** A second line would be another message. */
    private static String oneLine(String text) {
        return text.replace('\n', ' ');
    }

    private void send(String message) {
        if (socket == null) {
            return;
        }
        byte[] datagram = message.getBytes(StandardCharsets.UTF_8);
        if (!waiting.isEmpty() || !trySend(datagram)) {
            if (waiting.size() == MOST_WAITING) {
                waiting.remove();
            }
            waiting.add(datagram);
        }
    }

    /** Whether nothing remains to be done for it. */
    private boolean trySend(byte[] datagram) {
        if (socket == null) {
            return true;
        }
        try {
            return socket.send(datagram);
        } catch (IOException e) {
            if (!complained) {
                complained = true;
                LOG.warn("NOTIFY_SOCKET: {}; systemd was not told", e.getMessage());
            }
            return true;
        }
    }
}
