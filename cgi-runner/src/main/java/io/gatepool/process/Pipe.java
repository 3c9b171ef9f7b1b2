package io.gatepool.process;

import java.io.IOException;

/**
 * A pipe between gatepool and a child. The child's end blocks, as programs expect of their stdio; ours does not, as the
 * event loop wants it. Both are close-on-exec: the child gets its end by dup2.
 *
 * <p>Whoever opened it closes {@link #childEnd} after the spawn, or an end of file would never come. Our end passes to
 * a {@link PipeReader} or {@link PipeWriter}, which closes it. Any thread.
 */
public final class Pipe {

    private final int ourEnd;
    private final int childEnd;

    private Pipe(int ourEnd, int childEnd) {
        this.ourEnd = ourEnd;
        this.childEnd = childEnd;
    }

    /** We read what the child writes. */
    public static Pipe fromChild() throws IOException {
        int[] ends = open();
        return nonBlocking(new Pipe(ends[0], ends[1]));
    }

    /** The child reads what we write. */
    public static Pipe toChild() throws IOException {
        int[] ends = open();
        return nonBlocking(new Pipe(ends[1], ends[0]));
    }

    private static int[] open() throws IOException {
        int[] ends = new int[2];
        if (Libc.Native.LIBC.pipe2(ends, Libc.O_CLOEXEC) != 0) {
            throw Errno.last("pipe2");
        }
        return ends;
    }

    private static Pipe nonBlocking(Pipe pipe) throws IOException {
        try {
            Descriptors.setNonBlocking(pipe.ourEnd);
            return pipe;
        } catch (IOException e) {
            pipe.closeOurEnd();
            pipe.closeChildEnd();
            throw e;
        }
    }

    public int ourEnd() {
        return ourEnd;
    }

    public int childEnd() {
        return childEnd;
    }

    public void closeOurEnd() {
        Descriptors.close(ourEnd);
    }

    public void closeChildEnd() {
        Descriptors.close(childEnd);
    }
}
