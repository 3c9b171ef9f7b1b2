package io.gatepool.cgi;

import io.gatepool.process.Child;
import io.gatepool.process.Command;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.Pipe;
import io.gatepool.process.PipeReader;
import io.gatepool.process.PipeWriter;
import io.gatepool.process.Signals;
import io.gatepool.process.SpawnFailure;
import io.gatepool.process.SpawnRequest;
import io.gatepool.process.Spawner;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A script that runs for one request: a process with three pipes, all on the event loop, so that a thousand waiting
 * scripts cost descriptors and no threads.
 *
 * <p>Its output ends at the end of file of stdout or, when the process has ended, a short grace later: a grandchild in
 * the background that holds stdout open does not hold the request. It has ended when its status is known and its output
 * has ended. Born on a spawner thread ({@link #start}), then owned by the event loop.
 */
public final class CgiProcess {

    /** Who has asked for it. All on the event loop. */
    public interface Listener {
        /** It runs. The first call. */
        void started(CgiProcess process);

        /** Some of its standard output, which passes to the listener. */
        void output(ByteBuf bytes);

        /** Nothing more will come on stdout. The process may still be running. */
        void outputEnded();

        /** Some of its standard error, which passes to the listener. */
        void error(ByteBuf bytes);

        /** It takes more input: {@link CgiProcess#input} or {@link CgiProcess#endInput}. */
        void wantsInput();

        /** Output and errors have ended, and this is its status. The last call. */
        void ended(ExitStatus status);
    }

    /** What lies in the pipes when the process has ended is taken at once; what a grandchild adds has so long. */
    private static final long GRACE_MILLIS = 100;

    private final IoEventLoop loop;
    private final Listener listener;
    private @Nullable Child child;
    private @Nullable PipeReader stdout;
    private @Nullable PipeReader stderr;
    private @Nullable PipeWriter stdin;
    private @Nullable ExitStatus status;
    /** The input that came with the birth and did not fit the pipe, until the loop first asks for input. */
    private ByteBuf unsent = Unpooled.EMPTY_BUFFER;

    private boolean outputEnded;
    private boolean errorEnded;
    private boolean ended;

    private CgiProcess(IoEventLoop loop, Listener listener) {
        this.loop = loop;
        this.listener = listener;
    }

    /**
     * Starts a script. On a spawner thread.
     *
     * @param command what to start
     * @param body the whole input if it is at hand, which passes to the process; empty for none
     * @param moreInput whether input follows, asked for with {@link Listener#wantsInput}
     */
    public static void start(
            IoEventLoop loop, Spawner spawner, Command command, ByteBuf body, boolean moreInput, Listener listener)
            throws IOException, SpawnFailure {
        CgiProcess process = new CgiProcess(loop, listener);
        Pipes pipes;
        try {
            pipes = Pipes.open(body.isReadable() || moreInput);
        } catch (IOException e) {
            body.release();
            throw e;
        }
        try {
            pipes.prime(body);
            Child born =
                    spawner.spawn(pipes.request(command, spawner), exit -> loop.execute(() -> process.exited(exit)));
            loop.execute(() -> process.born(born, pipes, body, moreInput));
        } catch (IOException | SpawnFailure | RuntimeException e) {
            body.release();
            pipes.closeOurEnds();
            throw e;
        } finally {
            pipes.closeChildEnds();
        }
    }

    private void born(Child born, Pipes pipes, ByteBuf rest, boolean moreInput) {
        child = born;
        listener.started(this);
        stdout = PipeReader.open(loop, pipes.stdout.ourEnd(), new PipeReader.Sink() {
            @Override
            public void data(ByteBuf bytes) {
                listener.output(bytes);
            }

            @Override
            public void endOfFile() {
                outputEnded = true;
                listener.outputEnded();
                endIfAllEnded();
            }
        });
        stderr = PipeReader.open(loop, pipes.stderr.ourEnd(), new PipeReader.Sink() {
            @Override
            public void data(ByteBuf bytes) {
                listener.error(bytes);
            }

            @Override
            public void endOfFile() {
                errorEnded = true;
                endIfAllEnded();
            }
        });
        feed(pipes.stdin, rest, moreInput);
        if (status != null) {
            exited(status);
        }
    }

    private void feed(@Nullable Pipe pipe, ByteBuf rest, boolean moreInput) {
        if (pipe == null) {
            rest.release();
        } else if (!rest.isReadable() && !moreInput) {
            rest.release();
            pipe.closeOurEnd();
        } else {
            unsent = rest;
            stdin = PipeWriter.open(loop, pipe.ourEnd(), new PipeWriter.Source() {
                @Override
                public void more() {
                    ByteBuf first = unsent;
                    unsent = Unpooled.EMPTY_BUFFER;
                    if (first.isReadable()) {
                        input(first);
                    } else if (moreInput) {
                        listener.wantsInput();
                    } else {
                        endInput();
                    }
                }

                @Override
                public void broken() {
                    // A script that does not read its input is fine; its output counts.
                }
            });
        }
    }

    /** See {@link Child#isExiting}. */
    public boolean isExiting() {
        return child != null && child.isExiting();
    }

    /** Its pid, or 0 while the news of its birth is on the way. */
    public int pid() {
        return child == null ? 0 : child.pid();
    }

    /** Gives it some input, which passes to it; only when it {@linkplain Listener#wantsInput wants} some. */
    public void input(ByteBuf bytes) {
        if (stdin == null) {
            bytes.release();
        } else {
            stdin.write(bytes);
        }
    }

    /** There is no more input: it sees the end of file. */
    public void endInput() {
        if (stdin != null) {
            stdin.close();
        }
    }

    /** Stops reading its output: when the pipe is full, it waits. */
    public void pauseOutput() {
        if (stdout != null) {
            stdout.pause();
        }
    }

    public void resumeOutput() {
        if (stdout != null) {
            stdout.resume();
        }
    }

    /** SIGTERM to its whole group. */
    public void terminate() {
        signalGroup(Signals.TERM);
    }

    /** SIGKILL to its whole group. */
    public void kill() {
        signalGroup(Signals.KILL);
    }

    private void signalGroup(int signal) {
        if (child != null) {
            child.signalGroup(signal);
        }
    }

    private void exited(ExitStatus exit) {
        status = exit;
        if (child == null) {
            return;
        }
        endInput();
        if (stdout != null && stderr != null) {
            // The ends of file lie behind the last output, unless a grandchild holds the pipes open.
            stdout.readNow();
            stderr.readNow();
        }
        if (!outputEnded || !errorEnded) {
            loop.schedule(this::graceOver, GRACE_MILLIS, TimeUnit.MILLISECONDS);
        }
        endIfAllEnded();
    }

    private void graceOver() {
        if (!outputEnded && stdout != null) {
            stdout.drainAndClose();
        }
        if (!errorEnded && stderr != null) {
            stderr.drainAndClose();
        }
    }

    private void endIfAllEnded() {
        if (status != null && outputEnded && errorEnded && !ended) {
            ended = true;
            endInput();
            unsent.release();
            unsent = Unpooled.EMPTY_BUFFER;
            listener.ended(status);
        }
    }

    /** The three pipes; stdin is missing when there is no body, then it is /dev/null. */
    private static final class Pipes {
        final @Nullable Pipe stdin;
        final Pipe stdout;
        final Pipe stderr;

        private Pipes(@Nullable Pipe stdin, Pipe stdout, Pipe stderr) {
            this.stdin = stdin;
            this.stdout = stdout;
            this.stderr = stderr;
        }

        static Pipes open(boolean withInput) throws IOException {
            Pipe out = Pipe.fromChild();
            Pipe err = null;
            try {
                err = Pipe.fromChild();
                return new Pipes(withInput ? Pipe.toChild() : null, out, err);
            } catch (IOException e) {
                close(out);
                if (err != null) {
                    close(err);
                }
                throw e;
            }
        }

        private static void close(Pipe pipe) {
            pipe.closeOurEnd();
            pipe.closeChildEnd();
        }

        /** A small body fits the empty pipe: then the event loop never has to feed it. */
        void prime(ByteBuf body) throws IOException {
            if (stdin != null && body.isReadable()) {
                int written = new FileDescriptor(stdin.ourEnd()).write(body.nioBuffer(), 0, body.readableBytes());
                body.skipBytes(Math.max(0, written));
            }
        }

        SpawnRequest request(Command command, Spawner spawner) {
            return new SpawnRequest(
                    command,
                    stdin == null ? spawner.devNull() : stdin.childEnd(),
                    stdout.childEnd(),
                    stderr.childEnd());
        }

        void closeChildEnds() {
            stdout.closeChildEnd();
            stderr.closeChildEnd();
            if (stdin != null) {
                stdin.closeChildEnd();
            }
        }

        void closeOurEnds() {
            stdout.closeOurEnd();
            stderr.closeOurEnd();
            if (stdin != null) {
                stdin.closeOurEnd();
            }
        }
    }
}
