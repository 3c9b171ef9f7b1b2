package io.gatepool.pool;

import io.gatepool.process.PipeReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says outside of requests, on its stdout and stderr: it goes to the log line by line, and the last of it
 * is kept for those who ask why something has failed. Owned by the event loop.
 */
final class WorkerErrors {

    /** Of its stderr, for those who ask why a request failed. */
    private static final int LAST_LINES = 20;

    private final AppLog log;
    private final Tail tail = new Tail();
    private final LineSplitter lines = new LineSplitter(this::line);
    private @Nullable PipeReader pipe;
    private int pid;
    private String last = "";

    WorkerErrors(AppLog log) {
        this.log = log;
    }

    /** @param descriptor of our end of the pipe */
    void open(IoEventLoop loop, int descriptor, int ofPid) {
        pid = ofPid;
        pipe = PipeReader.open(loop, descriptor, new PipeReader.Sink() {
            @Override
            public void data(ByteBuf bytes) {
                tail.add(bytes);
                lines.add(bytes);
                bytes.release();
            }

            @Override
            public void endOfFile() {
                lines.finish();
            }
        });
    }

    private void line(String line) {
        last = line;
        if (log.takesErrorLine()) {
            log.warn("worker {} stderr: {}", pid, line);
        }
    }

    /** The worker has ended: its last words are the reason for its end. */
    void readRest() {
        if (pipe != null) {
            pipe.readNow();
            lines.finish();
        }
    }

    /** The last line; empty if there was none. */
    String lastWords() {
        return last;
    }

    List<String> lastLines() {
        return tail.lines(LAST_LINES);
    }
}
