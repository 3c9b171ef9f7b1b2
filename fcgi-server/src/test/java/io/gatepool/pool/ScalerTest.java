package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.config.Recycling;
import io.gatepool.config.WorkerSettings;
import io.gatepool.config.WorkerSettings.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScalerTest {

    private static final long LONG = Duration.ofMillis(50).toNanos();

    private long now = Duration.ofHours(1).toNanos();

    private Scaler scaler(Mode mode, int max, int connections) {
        return new Scaler(
                new WorkerSettings(
                        mode,
                        max,
                        Math.min(2, max),
                        1,
                        Math.min(3, max),
                        Duration.ofSeconds(10),
                        connections,
                        1,
                        Duration.ofSeconds(1),
                        Optional.empty(),
                        Optional.empty(),
                        Recycling.NEVER,
                        List.of()),
                now);
    }

    private static Scaler.View has(int starting, int idle, int busy) {
        return new Scaler.View(starting, idle, busy, 0, 0);
    }

    private static Scaler.View waiting(int starting, int idle, int busy, int queued, long oldestNanos) {
        return new Scaler.View(starting, idle, busy, queued, oldestNanos);
    }

    private void seconds(double seconds) {
        now += (long) (seconds * 1e9);
    }

    @Test
    void staticHasAlwaysTheSameNumber() {
        Scaler scaler = scaler(Mode.STATIC, 4, 1);
        assertThat(scaler.toStart(has(0, 0, 0), now)).isEqualTo(4);
        assertThat(scaler.toStart(has(1, 1, 1), now)).isEqualTo(1);
        assertThat(scaler.toStart(has(0, 4, 0), now)).isZero();
        assertThat(scaler.toStop(has(0, 4, 0), 4, now)).isZero();
        assertThat(scaler.atStart()).isEqualTo(4);
    }

    @Test
    void dynamicBeginsWithItsStart() {
        Scaler scaler = scaler(Mode.DYNAMIC, 8, 1);
        assertThat(scaler.atStart()).isEqualTo(2);
        assertThat(scaler.toStart(has(0, 0, 0), now)).isEqualTo(2);
        assertThat(scaler.toStart(has(1, 0, 0), now)).as("the other has failed").isEqualTo(1);
        assertThat(scaler.toStart(has(1, 1, 0), now)).isZero();
    }

    /** All are busy and stay so: one in the first second, then twice as many, as php-fpm does. */
    @Test
    void dynamicGrowsTwiceAsFastEverySecond() {
        Scaler scaler = scaler(Mode.DYNAMIC, 200, 1);
        int running = 2;
        int[] perSecond = new int[8];
        scaler.toStart(has(2, 0, 0), now);
        for (int second = 0; second < perSecond.length; second++) {
            for (int tick = 0; tick < 10; tick++) {
                int started = scaler.toStart(waiting(0, 0, running, 500, LONG), now);
                perSecond[second] += started;
                running += started;
                seconds(0.1);
            }
        }
        assertThat(perSecond).containsExactly(1, 2, 4, 8, 16, 32, 32, 32);
    }

    @Test
    void theRateFallsBackWhenNothingWasNeededForASecond() {
        Scaler scaler = scaler(Mode.DYNAMIC, 100, 1);
        scaler.toStart(has(2, 0, 0), now);
        for (int tick = 0; tick < 25; tick++) {
            scaler.toStart(has(0, 0, 2), now);
            seconds(0.1);
        }
        for (int tick = 0; tick < 15; tick++) {
            assertThat(scaler.toStart(has(0, 2, 2), now)).isZero();
            seconds(0.1);
        }
        assertThat(scaler.toStart(waiting(0, 0, 4, 50, LONG), now)).isEqualTo(1);
    }

    @Test
    void dynamicKeepsSpareOnes() {
        Scaler scaler = scaler(Mode.DYNAMIC, 8, 1);
        scaler.toStart(has(2, 0, 0), now);
        assertThat(scaler.toStart(has(0, 1, 1), now)).isZero();
        assertThat(scaler.toStart(has(0, 0, 2), now)).isEqualTo(1);
        assertThat(scaler.toStart(has(1, 0, 2), now)).as("one is coming").isZero();
    }

    @Test
    void dynamicGivesUpOneSurplusWorkerASecond() {
        Scaler scaler = scaler(Mode.DYNAMIC, 8, 1);
        seconds(2);
        assertThat(scaler.toStop(has(0, 3, 0), 3, now)).isZero();
        assertThat(scaler.toStop(has(0, 6, 0), 0, now)).isEqualTo(1);
        seconds(0.5);
        assertThat(scaler.toStop(has(0, 5, 0), 0, now)).isZero();
        seconds(0.6);
        assertThat(scaler.toStop(has(0, 5, 0), 0, now)).isEqualTo(1);
    }

    @Test
    void aQueueThatIsOverInAMomentStartsNothing() {
        Scaler scaler = scaler(Mode.DYNAMIC, 8, 1);
        scaler.toStart(has(2, 0, 0), now);
        assertThat(scaler.toStart(waiting(1, 0, 2, 1, 1000), now)).isZero();
        assertThat(scaler.toStart(waiting(0, 1, 2, 3, 1000), now)).isZero();
        assertThat(scaler.toStart(waiting(0, 1, 2, 1, LONG), now))
                .as("it waits for long")
                .isEqualTo(1);
    }

    @Test
    void aLongQueueCountsAtOnce() {
        Scaler scaler = scaler(Mode.DYNAMIC, 8, 1);
        scaler.toStart(has(2, 0, 0), now);
        assertThat(scaler.toStart(waiting(0, 1, 1, 4, 1000), now)).isEqualTo(1);
    }

    @Test
    void thereAreNeverMoreThanTheMaximum() {
        Scaler scaler = scaler(Mode.DYNAMIC, 3, 1);
        scaler.toStart(has(2, 0, 0), now);
        assertThat(scaler.toStart(waiting(0, 0, 3, 100, LONG), now)).isZero();
        Scaler ondemand = scaler(Mode.ONDEMAND, 3, 1);
        assertThat(ondemand.toStart(waiting(0, 0, 1, 100, LONG), now)).isEqualTo(2);
    }

    @Test
    void ondemandHasNoneUntilThereIsARequest() {
        Scaler scaler = scaler(Mode.ONDEMAND, 5, 1);
        assertThat(scaler.atStart()).isZero();
        assertThat(scaler.toStart(has(0, 0, 0), now)).isZero();
        assertThat(scaler.toStart(waiting(0, 0, 0, 1, 0), now)).isEqualTo(1);
        assertThat(scaler.toStart(waiting(1, 0, 0, 1, LONG), now))
                .as("one is coming")
                .isZero();
        assertThat(scaler.toStop(has(0, 3, 0), 2, now)).isEqualTo(2);
    }

    @Test
    void aWorkerWithSeveralConnectionsIsEnoughForSeveralRequests() {
        Scaler scaler = scaler(Mode.ONDEMAND, 5, 4);
        assertThat(scaler.toStart(waiting(0, 0, 0, 5, 0), now)).isEqualTo(2);
    }

    @Test
    void anOperatorsNumberCounts() {
        Scaler scaler = scaler(Mode.STATIC, 2, 1);
        scaler.setMax(5);
        assertThat(scaler.toStart(has(0, 2, 0), now)).isEqualTo(3);
        scaler.setMax(1);
        assertThat(scaler.toStart(has(0, 2, 0), now)).isZero();
        assertThat(scaler.toStop(has(0, 2, 3), 0, now)).as("what is idle").isEqualTo(2);
        assertThat(scaler.max()).isEqualTo(1);
    }
}
