package io.gatepool.fastcgi;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes that this thread allocates on the heap (HotSpot counts them exactly). */
final class Allocations {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {}

    /** A piece of work that may meet a protocol error. */
    @FunctionalInterface
    interface Work {
        void run() throws ProtocolException;
    }

    /** The work is done twice and the second time counts, for the first one loads (and instruments) classes. */
    static long of(Work work) throws ProtocolException {
        work.run();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        work.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
