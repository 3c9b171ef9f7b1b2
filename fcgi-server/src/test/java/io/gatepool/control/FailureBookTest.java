package io.gatepool.control;

import static io.gatepool.exchange.TestLoop.LOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Place;
import io.gatepool.exchange.RequestBody;
import io.gatepool.exchange.Response;
import io.gatepool.exchange.ResponseSink;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.fastcgi.Role;
import io.gatepool.process.ExitStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureBookTest {

    private final FailureBook book = new FailureBook();
    private final SpoolFiles files;

    FailureBookTest(@TempDir Path directory) {
        files = new SpoolFiles(directory);
    }

    private Exchange exchange(int number) {
        Exchange exchange = new Exchange(
                number,
                Role.RESPONDER,
                false,
                new Environ(),
                new RequestBody(LOOP, files, 0),
                new RequestBody(LOOP, files, 0),
                new Response(LOOP, files, ResponseSink.NOWHERE, 0));
        exchange.whenOver(book.of("shop"));
        return exchange;
    }

    private Map<String, Object> report(String id) {
        return book.find(id).orElseThrow().report();
    }

    @Test
    void aFailureIsKeptWithItsRemedy() {
        exchange(1).fail(Cause.QUEUE_FULL, "the queue holds 512 requests");
        assertThat(report("r0000001"))
                .containsEntry("app", "shop")
                .containsEntry("cause", "queue-full")
                .containsEntry("status", 503)
                .containsEntry("detail", "the queue holds 512 requests")
                .containsKey("remedy");
    }

    @Test
    void aRequestThatWasAnsweredIsNot() {
        exchange(1).complete(0);
        assertThat(book.find("r0000001")).isEmpty();
    }

    @Test
    void theEndOfItsProcessIsAddedWhenItIsKnown() {
        Exchange exchange = exchange(1);
        exchange.fail(Cause.OUTPUT_TIMEOUT, "55s");
        assertThat(report("r0000001")).containsEntry("ends", List.of());
        exchange.processEnded(Place.worker(7), new ExitStatus(3, 0, false), List.of("I give up"));
        assertThat(report("r0000001").get("ends")).asString().contains("pid=7", "exited with status 3", "I give up");
    }

    @Test
    void theLastThousandAreKept() {
        for (int number = 0; number <= FailureBook.KEPT; number++) {
            exchange(number).fail(Cause.WORKER_CRASHED, "");
        }
        assertThat(book.find("r0000000")).isEmpty();
        assertThat(book.find("r0000001")).isPresent();
    }

    @Test
    void aSearchForHolesDoesNotPushThemOut() {
        exchange(1).fail(Cause.WORKER_CRASHED, "");
        for (int number = 2; number < 3 * FailureBook.KEPT; number++) {
            exchange(number).fail(Cause.NOT_FOUND, "");
        }
        assertThat(book.find("r0000001")).isPresent();
        assertThat(book.find("r0000002")).isEmpty();
    }
}
