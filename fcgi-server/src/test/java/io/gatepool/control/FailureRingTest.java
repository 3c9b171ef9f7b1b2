package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.RequestBody;
import io.gatepool.exchange.Response;
import io.gatepool.exchange.ResponseSink;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.exchange.TestLoop;
import io.gatepool.fastcgi.Role;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureRingTest {

    private final FailureRing ring = new FailureRing();
    private final SpoolFiles files;

    FailureRingTest(@TempDir Path directory) {
        files = new SpoolFiles(directory);
    }

    private void over(int number, Cause cause) {
        Environ environ = new Environ();
        environ.set("REQUEST_METHOD", "GET");
        environ.set("REQUEST_URI", "/" + number);
        Exchange exchange = new Exchange(
                number,
                Role.RESPONDER,
                false,
                environ,
                new RequestBody(TestLoop.LOOP, files, 0),
                new RequestBody(TestLoop.LOOP, files, 0),
                new Response(TestLoop.LOOP, files, ResponseSink.NOWHERE, 0));
        exchange.fail(cause, "detail " + number);
        ring.over("blog", exchange);
    }

    @Test
    void theNewestComesFirst() {
        over(1, Cause.QUEUE_FULL);
        over(2, Cause.WORKER_CRASHED);
        assertThat(ring.latest(10))
                .extracting(RecentFailures.Failure::cause)
                .containsExactly("worker-crashed", "queue-full");
        RecentFailures.Failure newest = ring.latest(1).get(0);
        assertThat(newest.id()).isEqualTo("r0000002");
        assertThat(newest.app()).isEqualTo("blog");
        assertThat(newest.title()).isEqualTo("GET /2");
        assertThat(newest.detail()).isEqualTo("detail 2");
    }

    @Test
    void whatIsWrongWithTheRequestOrItsClientIsNoNews() {
        over(1, Cause.NOT_FOUND);
        over(2, Cause.CLIENT_GONE);
        assertThat(ring.latest(10)).isEmpty();
    }

    @Test
    void aHundredAreKept() {
        for (int number = 1; number <= 130; number++) {
            over(number, Cause.QUEUE_FULL);
        }
        assertThat(ring.latest(1000)).hasSize(100);
        assertThat(ring.latest(1000).get(99).title()).isEqualTo("GET /31");
    }
}
