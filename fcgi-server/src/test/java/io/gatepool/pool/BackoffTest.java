package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.exchange.Trouble;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff = new Backoff(() -> 0.5);
    private long now = Duration.ofHours(1).toNanos();

    private Duration failLater() {
        Duration wait = backoff.failed("reason", "", now);
        now += wait.toNanos();
        return wait;
    }

    private Duration crashLater() {
        Duration wait = backoff.crashed("reason", "", now);
        now += wait.toNanos();
        return wait;
    }

    @Test
    void nothingIsWrongAtFirst() {
        assertThat(backoff.isFailing()).isFalse();
        assertThat(backoff.isOver(now)).isTrue();
        assertThat(backoff.trouble()).isEqualTo(Trouble.NONE);
    }

    @Test
    void theWaitsOfSeveralDiffer() {
        assertThat(new Backoff(() -> 0).failed("reason", "", now).toMillis()).isEqualTo(90);
        assertThat(new Backoff(() -> 1).failed("reason", "", now).toMillis()).isEqualTo(110);
    }

    @Test
    void eachFailureDoublesTheWaitUpToHalfAMinute() {
        long expected = 100;
        for (int failure = 0; failure < 100; failure++) {
            assertThat(failLater().toMillis()).isEqualTo(expected);
            expected = Math.min(30_000, expected * 2);
        }
    }

    @Test
    void noWorkerIsStartedBeforeTheWaitIsOver() {
        backoff.failed("reason", "", now);
        assertThat(backoff.isOver(now + Duration.ofMillis(99).toNanos())).isFalse();
        assertThat(backoff.isOver(now + Duration.ofMillis(100).toNanos())).isTrue();
    }

    @Test
    void workersThatFailTogetherAreOneFailure() {
        assertThat(backoff.failed("one", "", now).toMillis()).isEqualTo(100);
        assertThat(backoff.failed("two", "", now).toMillis()).isEqualTo(100);
        now += Duration.ofMillis(100).toNanos();
        assertThat(failLater().toMillis()).isEqualTo(200);
    }

    @Test
    void oneThatComesUpEndsTheFailing() {
        failLater();
        backoff.succeeded(now);
        assertThat(backoff.isFailing()).isFalse();
        assertThat(backoff.trouble()).isEqualTo(Trouble.NONE);
        assertThat(backoff.isOver(now)).isTrue();
    }

    @Test
    void oneThatIsUpOnlyForAMomentIsNotForgiven() {
        failLater();
        failLater();
        backoff.succeeded(now);
        now += Duration.ofSeconds(1).toNanos();
        assertThat(failLater().toMillis()).isEqualTo(400);
    }

    @Test
    void oneThatStaysUpIsForgiven() {
        failLater();
        failLater();
        backoff.succeeded(now);
        now += Duration.ofSeconds(11).toNanos();
        assertThat(failLater().toMillis()).isEqualTo(100);
    }

    @Test
    void aFailureAtTheStartIsAReasonToRefuseRequests() {
        failLater();
        assertThat(backoff.isFailing()).isTrue();
        assertThat(backoff.trouble().text()).isEqualTo("reason");
    }

    @Test
    void aCrashIsAReasonOnlyWhenItIsTheThirdInARow() {
        crashLater();
        backoff.succeeded(now);
        crashLater();
        backoff.succeeded(now);
        assertThat(backoff.isFailing()).isFalse();
        crashLater();
        assertThat(backoff.isFailing()).isTrue();
    }

    @Test
    void aCrashWaitsAsAFailureDoes() {
        assertThat(crashLater().toMillis()).isEqualTo(100);
        backoff.succeeded(now);
        assertThat(crashLater().toMillis()).isEqualTo(200);
    }

    @Test
    void itIsKnownHowOftenSinceWhenAndUntilWhen() {
        long first = now;
        failLater();
        failLater();
        backoff.failed("worker 7 exited with status 1", "No module", now);
        Trouble trouble = backoff.trouble();
        assertThat(trouble.times()).isEqualTo(3);
        assertThat(trouble.sinceNanos()).isEqualTo(first);
        assertThat(trouble.nextTryNanos() - now)
                .isEqualTo(Duration.ofMillis(400).toNanos());
        assertThat(trouble.text()).isEqualTo("worker 7 exited with status 1: No module");
    }
}
