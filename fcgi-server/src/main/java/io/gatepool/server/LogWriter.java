package io.gatepool.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The thread that writes one log, and the bounded ring in front of it. Nobody ever waits for it: a line that does not
 * fit in the ring, or that the disk does not take, is dropped and counted. The file is tried again with the next lines,
 * so that a disk with room again is written on by itself.
 *
 * <p>After each write the thread rests for a moment, so that under load one write takes many lines, and offering a line
 * costs no system call.
 */
final class LogWriter {

    /** Appends one line, without its end, on the writer's thread. */
    @FunctionalInterface
    interface Line {
        void appendTo(StringBuilder out);
    }

    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Between two lines about trouble, and how long there must have been none before its end is told. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long STOP_MILLIS = 2000;
    private static final int CHUNK = 64 * 1024;

    private final LogFile file;
    private final int limit;
    private final Consumer<String> whenFailing;
    private final Consumer<String> whenDropped;
    private final Queue<Line> ring = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final StringBuilder text = new StringBuilder();
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean stopping;
    private long told;
    private String failure = "";
    private boolean failing;
    private long quietSince = System.nanoTime() - QUIET_NANOS;

    /**
     * @param limit how many lines wait at the most
     * @param whenFailing is told, once, that the file takes no lines; on the writer's thread, as the next one
     * @param whenDropped is told how many lines were dropped, when the log is written again
     */
    LogWriter(String name, LogFile file, int limit, Consumer<String> whenFailing, Consumer<String> whenDropped) {
        this.file = file;
        this.limit = limit;
        this.whenFailing = whenFailing;
        this.whenDropped = whenDropped;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    LogWriter start() {
        thread.start();
        return this;
    }

    /** Takes a line, or drops it. For every thread; it never waits. */
    void offer(Line line) {
        if (waiting.incrementAndGet() > limit) {
            waiting.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        ring.add(line);
        if (asleep) {
            asleep = false;
            LockSupport.unpark(thread);
        }
    }

    /** Lines that were not written, since the start. */
    long dropped() {
        return dropped.get();
    }

    LogFile file() {
        return file;
    }

    /** Writes what waits, and ends; does not wait for a disk that hangs. */
    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (true) {
            boolean last = stopping;
            tellDropped();
            boolean any = writeWaiting();
            if (last && !any) {
                return;
            }
            if (any && !stopping) {
                LockSupport.parkNanos(REST_NANOS);
            } else if (!any) {
                sleep();
            }
        }
    }

    private void sleep() {
        asleep = true;
        if (ring.isEmpty() && !stopping) {
            if (dropped.get() > told && !failing) {
                LockSupport.parkNanos(QUIET_NANOS);
            } else {
                LockSupport.park(this);
            }
        }
        asleep = false;
    }

    /** Returns whether there was anything. */
    private boolean writeWaiting() {
        Line line = ring.poll();
        boolean any = line != null;
        while (line != null) {
            waiting.decrementAndGet();
            append(line);
            if (text.length() >= CHUNK) {
                write();
            }
            line = ring.poll();
        }
        write();
        return any;
    }

    private void append(Line line) {
        int start = text.length();
        try {
            line.appendTo(text);
            text.append('\n');
        } catch (RuntimeException e) {
            // A mistake of ours in one line does not end the log.
            text.setLength(start);
            text.append("a log line could not be made: ").append(e).append('\n');
        }
    }

    private void write() {
        if (text.length() == 0) {
            return;
        }
        ByteBuffer lines = StandardCharsets.UTF_8.encode(text.toString());
        text.setLength(0);
        try {
            file.write(lines);
            failing = false;
        } catch (IOException e) {
            failing = true;
            quietSince = System.nanoTime();
            dropped.addAndGet(count(lines));
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(failure)) {
                failure = reason;
                whenFailing.accept(file.name() + " cannot be written, its lines are dropped: " + reason);
            }
        }
    }

    /** Once it is over: while it lasts there may be nobody to hear it. */
    private void tellDropped() {
        long lines = dropped.get() - told;
        boolean over = !failing && waiting.get() < limit / 2 && System.nanoTime() - quietSince > QUIET_NANOS;
        if (lines > 0 && (over || stopping)) {
            told += lines;
            failure = "";
            quietSince = System.nanoTime();
            whenDropped.accept(lines + " log lines were dropped: " + file.name() + " could not be written");
        }
    }

    private static int count(ByteBuffer lines) {
        int ends = 0;
        while (lines.hasRemaining()) {
            if (lines.get() == '\n') {
                ends++;
            }
        }
        return ends;
    }
}
