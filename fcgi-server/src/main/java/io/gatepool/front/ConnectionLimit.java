package io.gatepool.front;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many HTTP connections there may be at a time, on all addresses together: memory is bounded, descriptors are. Who
 * comes when it is full is turned away; the log is told at most once in ten seconds. Event loop only.
 */
public final class ConnectionLimit {

    private static final Logger LOG = LoggerFactory.getLogger("http");
    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Bytes of all heads that are not complete: a quarter of the heap. */
    private static final int MOST_HEADS = 16 << 20;

    private final int most;
    private int open;
    private int heads;
    private long refused;
    private long told;
    private long toldAt = System.nanoTime() - LOG_NANOS;

    /** @param most {@code http.max_connections} */
    public ConnectionLimit(int most) {
        this.most = most;
    }

    /** Whether there is room for one more, which counts from now on until {@link #release}. */
    boolean take() {
        if (open < most) {
            open++;
            return true;
        }
        refused++;
        long now = System.nanoTime();
        if (now - toldAt >= LOG_NANOS) {
            toldAt = now;
            LOG.warn(
                    "connections refused since the last such line: {}; all {} are taken (http.max_connections)",
                    refused - told,
                    most);
            told = refused;
        }
        return false;
    }

    void release() {
        open--;
    }

    /**
     * Whether so much more of a head that is not complete may be kept, until {@link #releaseHead}: the heap is small,
     * and each head alone may have 64 KiB.
     */
    boolean takeHead(int bytes) {
        if (heads + bytes > MOST_HEADS) {
            return false;
        }
        heads += bytes;
        return true;
    }

    void releaseHead(int bytes) {
        heads -= bytes;
    }

    /** How many have been turned away since the start. */
    public long refused() {
        return refused;
    }
}
