package io.gatepool.control;

import io.gatepool.exchange.Aftermath;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Failure;
import io.gatepool.exchange.Remedy;
import io.gatepool.exchange.RequestStatus;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request that gatepool has failed, without the request itself: its body and environ are gone.
 *
 * @param app whose it was
 * @param ended when
 * @param totalNanos from its arrival to its end
 * @param waitedNanos of these, in the queue
 * @param dispatchedNanos from its arrival to the last process that got it; negative when none did
 * @param attempts how many workers were lost with it
 * @param answered the status that had gone out before, when the response was cut; 0 when the client got a page
 * @param sent bytes of the response that had gone out
 * @param aftermath the processes that had it, as far as it is known by now
 */
record FailedRequest(
        String app,
        String id,
        String title,
        String client,
        Failure failure,
        ZonedDateTime ended,
        long totalNanos,
        long waitedNanos,
        long dispatchedNanos,
        int attempts,
        int answered,
        long sent,
        Aftermath aftermath) {

    /** So much of the detail is kept; the log has all of it. */
    private static final int DETAIL = 2000;

    /** @param exchange failed, and over */
    static FailedRequest of(String app, Exchange exchange, Failure failure) {
        long now = System.nanoTime();
        boolean cut =
                exchange.status() != 0 && exchange.status() != failure.cause().status();
        return new FailedRequest(
                app,
                exchange.id(),
                RequestStatus.title(exchange),
                RequestStatus.client(exchange),
                new Failure(failure.cause(), cut(failure.detail())),
                ZonedDateTime.now(ZoneId.systemDefault()),
                now - exchange.arrivedNanos(),
                exchange.waitedNanos(now),
                exchange.dispatchedNanos() == 0 ? -1 : exchange.dispatchedNanos() - exchange.arrivedNanos(),
                exchange.attempts(),
                cut ? exchange.status() : 0,
                cut ? exchange.responseBytes() : 0,
                exchange.aftermath());
    }

    /** What a list of failures shows of it. */
    RecentFailures.Failure brief() {
        return new RecentFailures.Failure(
                id, ended.toInstant(), app, title, failure.cause().text(), failure.detail());
    }

    Map<String, Object> report() {
        Cause cause = failure.cause();
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("id", id);
        report.put("app", app);
        report.put("title", title);
        report.put("client", client);
        report.put("status", cause.status());
        report.put("cause", cause.text());
        report.put("meaning", cause.sentence());
        report.put("detail", failure.detail());
        report.put("remedy", Remedy.of(cause));
        report.put(
                "ended",
                ended.truncatedTo(ChronoUnit.SECONDS).toOffsetDateTime().toString());
        report.put("waited_ms", Reports.millis(waitedNanos));
        if (dispatchedNanos >= 0) {
            report.put("dispatched_ms", Reports.millis(dispatchedNanos));
        }
        report.put("total_ms", Reports.millis(totalNanos));
        report.put("attempts", attempts);
        if (answered != 0) {
            report.put("cut_status", answered);
            report.put("sent_bytes", sent);
        }
        report.put("where", aftermath.place().what());
        if (aftermath.place().pid() != 0) {
            report.put("pid", aftermath.place().pid());
        }
        report.put("stderr", aftermath.stderr());
        report.put("ends", aftermath.ends().stream().map(FailedRequest::end).toList());
        return report;
    }

    private static Map<String, Object> end(Aftermath.End end) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("where", end.place().what());
        report.put("pid", end.place().pid());
        report.put("exit", end.status().describe());
        report.put("stderr", List.copyOf(end.stderr()));
        return report;
    }

    private static String cut(String text) {
        return text.length() > DETAIL ? text.substring(0, DETAIL) + "..." : text;
    }
}
