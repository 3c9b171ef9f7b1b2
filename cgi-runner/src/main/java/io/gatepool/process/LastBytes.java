package io.gatepool.process;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Takes any number of bytes and keeps the last ones. Any thread. */
final class LastBytes extends OutputStream {

    private final byte[] ring;
    private long written;

    LastBytes(int limit) {
        ring = new byte[limit];
    }

    @Override
    public synchronized void write(int value) {
        ring[(int) (written++ % ring.length)] = (byte) value;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        int skipped = Math.max(0, length - ring.length);
        written += skipped;
        for (int at = offset + skipped; at < offset + length; at++) {
            write(bytes[at]);
        }
    }

    /** Whether some are lost. */
    synchronized boolean isCut() {
        return written > ring.length;
    }

    /** What is kept, a character for each byte; of a line that has lost its beginning, nothing. */
    synchronized String text() {
        int length = (int) Math.min(written, ring.length);
        StringBuilder text = new StringBuilder(length);
        int first = (int) (written > ring.length ? written % ring.length : 0);
        text.append(new String(ring, first, length - first, StandardCharsets.ISO_8859_1));
        text.append(new String(ring, 0, first, StandardCharsets.ISO_8859_1));
        return written > ring.length ? text.substring(text.indexOf("\n") + 1) : text.toString();
    }
}
