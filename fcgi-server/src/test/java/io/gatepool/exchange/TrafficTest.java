package io.gatepool.exchange;

import static io.gatepool.exchange.TestLoop.LOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gatepool.cgi.Environ;
import io.gatepool.fastcgi.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrafficTest {

    private final long start = System.nanoTime();
    private final Traffic traffic = new Traffic(start);
    private final SpoolFiles files;

    TrafficTest(@TempDir Path directory) {
        files = new SpoolFiles(directory);
    }

    private void over(Cause cause, double seconds) {
        Exchange exchange = new Exchange(
                1,
                Role.RESPONDER,
                false,
                new Environ(),
                new RequestBody(LOOP, files, 0),
                new RequestBody(LOOP, files, 0),
                new Response(LOOP, files, new RecordingSink(), 0));
        exchange.fail(cause, "for the test");
        traffic.over(exchange, at(seconds));
    }

    private long at(double seconds) {
        return start + (long) (seconds * 1e9);
    }

    @Test
    void countersGoOnForEver() {
        over(Cause.NOT_FOUND, 1);
        over(Cause.QUEUE_FULL, 2);
        over(Cause.QUEUE_FULL, 86_400);
        assertThat(traffic.byClass(4)).isEqualTo(1);
        assertThat(traffic.byClass(5)).isEqualTo(2);
        assertThat(traffic.byCause()).isEqualTo(Map.of(Cause.NOT_FOUND, 1L, Cause.QUEUE_FULL, 2L));
        assertThat(traffic.duration().count()).isEqualTo(3);
        assertThat(traffic.queueWait().count()).isEqualTo(3);
    }

    @Test
    void theRateIsThatOfTheLastMinute() {
        for (int request = 0; request < 40; request++) {
            over(Cause.NOT_FOUND, 3);
        }
        assertThat(traffic.perSecond(at(4))).isCloseTo(10, within(0.1));
        assertThat(traffic.perSecond(at(40))).isCloseTo(1, within(0.1));
        assertThat(traffic.perSecond(at(75))).isZero();
    }

    @Test
    void thePercentileIsThatOfTheLastMinute() {
        over(Cause.NOT_FOUND, 5);
        assertThat(traffic.p99Nanos(at(30))).isBetween(TimeUnit.SECONDS.toNanos(4), TimeUnit.SECONDS.toNanos(6));
        assertThat(traffic.p99Nanos(at(70))).isZero();
        assertThat(traffic.p99Nanos(at(700_000))).isZero();
    }

    @Test
    void errorsOfTheLastHourFadeAway() {
        over(Cause.WORKER_CRASHED, 10);
        over(Cause.NOT_FOUND, 11);
        over(Cause.WORKER_CRASHED, 1800);
        assertThat(traffic.errorsLastHour(at(1801))).isEqualTo(2);
        assertThat(traffic.errorsLastHour(at(3650))).isEqualTo(1);
        assertThat(traffic.errorsLastHour(at(90_000))).isZero();
    }

    @Test
    void theHistoryHasASliceForEveryTenSeconds() {
        over(Cause.WORKER_CRASHED, 1);
        traffic.tick(at(2), 7);
        traffic.tick(at(3), 5);
        over(Cause.NOT_FOUND, 25);
        assertThat(traffic.history(at(31)))
                .isEqualTo(List.of(
                        new Traffic.Slice(1, 1, 7),
                        new Traffic.Slice(0, 0, 0),
                        new Traffic.Slice(1, 0, 0),
                        new Traffic.Slice(0, 0, 0)));
        assertThat(traffic.history(at(605))).hasSize(60).startsWith(new Traffic.Slice(0, 0, 0));
    }
}
