package io.gatepool.process;

/**
 * What the kernel takes for the other end of a Unix socket while that reads nothing. By its default, 208 KiB, a large
 * answer or body goes out in many small turns: the reader sleeps, and so does the event loop, each until the other has
 * done its 208 KiB, and what comes in meanwhile is copied to wait. TCP grows its buffers by itself.
 */
public final class SendBuffer {

    /**
     * Bytes to ask for, SO_SNDBUF: a mebibyte, as much as a body may hold of the memory that all share. The kernel cuts
     * it to net.core.wmem_max and doubles what is left; content may fill nearly all of that.
     */
    public static final int SIZE = 1 << 20;

    private SendBuffer() {}
}
