package io.gatepool.control;

import io.gatepool.config.LogFormat;
import io.gatepool.exchange.Exchange;
import java.util.function.Consumer;

/**
 * One line for every request that is over. On the event loop it only keeps what the line will tell; the log's own
 * thread makes the line of it.
 */
public final class AccessLog {

    /** A line that is not made yet. */
    @FunctionalInterface
    public interface Line {
        /** Appends it, without its end. Only on the thread that writes the log. */
        void appendTo(StringBuilder out);
    }

    private final AccessFormat format;
    private final Consumer<Line> log;

    /** @param log takes a line at once, and has it written by a thread of its own */
    public AccessLog(LogFormat format, Consumer<Line> log) {
        this.format = AccessFormat.of(format);
        this.log = log;
    }

    /** What is told of each request of an application, when it is over. Event loop only. */
    public Consumer<Exchange> of(String app) {
        AccessEntry.Wanted wanted = format.wanted();
        return exchange -> {
            AccessEntry entry = AccessEntry.of(exchange, app, wanted);
            log.accept(out -> format.append(entry, out));
        };
    }
}
