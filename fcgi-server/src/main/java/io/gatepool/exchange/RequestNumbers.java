package io.gatepool.exchange;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Request ids: short enough to read out on the telephone, and not the same again for 268 million requests or after a
 * restart. The numbers step by a large odd constant from a random start, so neighbours look different. Event loop only.
 */
public final class RequestNumbers {

    private static final int MASK = (1 << 28) - 1;
    private static final int STEP = 0x9e3779b;

    private int last = ThreadLocalRandom.current().nextInt();

    /** The next request's number. */
    public int next() {
        last = (last + STEP) & MASK;
        return last;
    }

    /** The number as people see it, such as {@code r7f3a412}. */
    static String text(int number) {
        return "r" + Integer.toHexString((1 << 28) | (number & MASK)).substring(1);
    }
}
