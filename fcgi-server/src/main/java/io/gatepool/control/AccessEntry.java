package io.gatepool.control;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Header;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Failure;
import io.gatepool.process.ExitStatus;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the access log keeps of a request that is over, taken on the event loop and written by the log's own thread.
 * Immutable: nothing in it is the request's own any more.
 *
 * @param id the request id
 * @param app the application's name
 * @param pid the process that answered; 0 for none
 * @param status that was sent, or would have been; 0 for none
 * @param bytes of the response body
 * @param over when it was over
 * @param queueNanos how long it waited for a worker
 * @param serviceNanos how long the last worker had it; negative when none had
 * @param totalNanos from its arrival to its end
 * @param exit how its own process ended, if that is known
 * @param cause why gatepool failed it; empty when it has not
 * @param variables the values of {@link Wanted#variables}, one char per byte, "" where there is none
 * @param fields the same of {@link Wanted#fields}
 */
record AccessEntry(
        String id,
        String app,
        int pid,
        int status,
        long bytes,
        Instant over,
        long queueNanos,
        long serviceNanos,
        long totalNanos,
        @Nullable ExitStatus exit,
        String cause,
        List<String> variables,
        List<String> fields) {

    /** Of one value; lines wait in memory while a disk is slow. */
    static final int LONGEST = 1000;

    private static final String CUT = "...";

    /**
     * What a format needs of requests and responses.
     *
     * @param variables names of CGI variables
     * @param fields names of header fields of the response
     */
    record Wanted(List<String> variables, List<String> fields) {

        Wanted {
            variables = List.copyOf(variables);
            fields = List.copyOf(fields);
        }
    }

    /** Event loop only. */
    static AccessEntry of(Exchange exchange, String app, Wanted wanted) {
        long now = System.nanoTime();
        Failure failure = exchange.failure();
        return new AccessEntry(
                exchange.id(),
                app,
                exchange.pid(),
                exchange.shownStatus(),
                exchange.responseBytes(),
                Instant.now(),
                exchange.waitedNanos(now),
                exchange.dispatchedNanos() == 0 ? -1 : now - exchange.dispatchedNanos(),
                now - exchange.arrivedNanos(),
                exchange.exit(),
                failure == null ? "" : failure.cause().text(),
                variables(exchange.environ(), wanted.variables()),
                fields(exchange.responseHead(), wanted.fields()));
    }

    private static List<String> variables(Environ environ, List<String> names) {
        String[] values = new String[names.size()];
        for (int index = 0; index < values.length; index++) {
            String name = names.get(index);
            String value = environ.getOrEmpty(name);
            if (value.isEmpty() && name.equals("REQUEST_URI")) {
                value = environ.getOrEmpty("SCRIPT_NAME") + environ.getOrEmpty("PATH_INFO");
            }
            values[index] = cut(value);
        }
        return Arrays.asList(values);
    }

    private static List<String> fields(@Nullable ResponseHead head, List<String> names) {
        if (names.isEmpty()) {
            return List.of();
        }
        if (head == null) {
            return Collections.nCopies(names.size(), "");
        }
        return names.stream()
                .map(name -> head.headers().stream()
                        .filter(header -> header.name().equalsIgnoreCase(name))
                        .map(Header::value)
                        .reduce((one, other) -> one + ", " + other)
                        .orElse(""))
                .map(AccessEntry::cut)
                .toList();
    }

    private static String cut(String value) {
        return value.length() <= LONGEST ? value : value.substring(0, LONGEST - CUT.length()) + CUT;
    }
}
