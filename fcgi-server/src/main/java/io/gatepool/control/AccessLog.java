package io.gatepool.control;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Printable;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Failure;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.Signals;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for every request that is over: the combined format that log analysers know, then the request id, the seconds
 * it waited and took, how its script ended if it had one, and the cause if it failed. Written by the log's own thread. Event loop only.
 */
public final class AccessLog implements Consumer<Exchange> {

    private static final Logger LOG = LoggerFactory.getLogger("access");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT);
    private static final int FIELD = 1000;

    private final boolean on;

    /** @param target "off", "-" for standard output, or a file */
    public AccessLog(String target) {
        this.on = !target.equals("off");
    }

    @Override
    public void accept(Exchange exchange) {
        if (!on) {
            return;
        }
        Environ environ = exchange.environ();
        long now = System.nanoTime();
        Failure failure = exchange.failure();
        LOG.info(String.format(
                Locale.ROOT,
                "%s - %s [%s] \"%s %s\" %d %d \"%s\" \"%s\" %s queue=%.3f total=%.3f%s%s",
                field(environ, "REMOTE_ADDR"),
                field(environ, "REMOTE_USER"),
                TIME.format(ZonedDateTime.now(ZoneId.systemDefault())),
                exchange.title(),
                field(environ, "SERVER_PROTOCOL"),
                exchange.shownStatus(),
                exchange.responseBytes(),
                field(environ, "HTTP_REFERER"),
                field(environ, "HTTP_USER_AGENT"),
                exchange.id(),
                exchange.waitedNanos(now) / 1e9,
                (now - exchange.arrivedNanos()) / 1e9,
                exit(exchange.exit()),
                failure == null ? "" : " cause=" + failure.cause().text()));
    }

    private static String exit(@Nullable ExitStatus status) {
        if (status == null) {
            return "";
        }
        return status.signal() == 0 ? " exit=" + status.code() : " signal=" + Signals.name(status.signal());
    }

    private static String field(Environ environ, String name) {
        String value = environ.getOrEmpty(name);
        return value.isEmpty() ? "-" : Printable.of(value.replace('"', '\''), FIELD);
    }
}
