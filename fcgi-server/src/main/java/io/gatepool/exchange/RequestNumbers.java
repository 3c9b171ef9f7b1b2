package io.gatepool.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Request ids: short enough to read out on the telephone, and not the same again for 268 million requests or after a
 * restart. The numbers step by a large odd constant from a random start, so neighbours look different. Event loop only.
 */
public final class RequestNumbers {

    private static final int DIGITS = 7;
    private static final int MASK = (1 << 28) - 1;
    private static final int STEP = 0x9e3779b;

    private int last = ThreadLocalRandom.current().nextInt();

    /** The next request's number. */
    public int next() {
        last = (last + STEP) & MASK;
        return last;
    }

    /** The number as people see it, such as {@code r7f3a412}; every request's is made. */
    static String text(int number) {
        byte[] text = new byte[1 + DIGITS];
        text[0] = 'r';
        int rest = number;
        for (int at = DIGITS; at > 0; at--) {
            text[at] = (byte) Character.forDigit(rest & 0xf, 16);
            rest >>>= 4;
        }
        return new String(text, ISO_8859_1);
    }
}
