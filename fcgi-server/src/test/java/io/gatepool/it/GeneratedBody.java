package io.gatepool.it;

import java.io.InputStream;
import java.util.Random;
import java.util.zip.CRC32;

/**
 * A body of any length that nobody holds in memory: pseudo-random bytes, always the same for a seed, so that a piece
 * lost, doubled or in the wrong place changes the checksum.
 */
final class GeneratedBody extends InputStream {

    private final byte[] block = new byte[64 * 1024];
    private final Random random;
    private long left;
    private int at = block.length;

    GeneratedBody(long seed, long length) {
        this.random = new Random(seed);
        this.left = length;
    }

    /** Length and checksum of all that {@code in} brings. */
    record Sum(long length, long crc) {

        static Sum of(InputStream in) throws java.io.IOException {
            byte[] piece = new byte[64 * 1024];
            CRC32 crc = new CRC32();
            long length = 0;
            for (int got = in.read(piece); got >= 0; got = in.read(piece)) {
                crc.update(piece, 0, got);
                length += got;
            }
            return new Sum(length, crc.getValue());
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        if (left == 0) {
            return -1;
        }
        if (at == block.length) {
            random.nextBytes(block);
            at = 0;
        }
        int count = (int) Math.min(Math.min(length, block.length - at), left);
        System.arraycopy(block, at, to, offset, count);
        at += count;
        left -= count;
        return count;
    }
}
