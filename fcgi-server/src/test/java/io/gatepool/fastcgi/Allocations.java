package io.gatepool.fastcgi;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Counts the bytes that this thread allocates on the heap. HotSpot counts them exactly, and the tests' JVM has no
 * escape analysis (pom.xml): what the code says it allocates it does allocate, however often it has run.
 */
public final class Allocations {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {}

    /** A piece of work that may go wrong. */
    @FunctionalInterface
    public interface Work<E extends Exception> {
        void run() throws E;
    }

    /** The work is done twice and the second time counts, for the first one loads (and instruments) classes. */
    static <E extends Exception> long of(Work<E> work) throws E {
        work.run();
        return once(work);
    }

    /**
     * What every round of the work allocates: the least of many, for what is made once, or when a table or pool of
     * Netty's grows, is in some of them only.
     *
     * @param rounds how often the work is done, 3 or more
     */
    public static <E extends Exception> long ofEach(int rounds, Work<E> work) throws E {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < rounds; round++) {
            least = Math.min(least, once(work));
        }
        return least;
    }

    private static <E extends Exception> long once(Work<E> work) throws E {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        work.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
