package io.gatepool.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;
    private static final int CONNECTIONS = 4;

    @Test
    void requestsAtAFixedRateAreDueWhetherOrNotThereAreAnswers() {
        Schedule schedule = Schedule.fixedRate(1000, 3 * MILLI);
        assertThat(schedule.take(0)).isZero();
        assertThat(schedule.nextDue(0)).isEqualTo(MILLI);
        assertThatThrownBy(() -> schedule.take(0)).isInstanceOf(IllegalStateException.class);
        assertThat(schedule.take(SECOND)).isEqualTo(MILLI);
        assertThat(schedule.take(SECOND)).isEqualTo(2 * MILLI);
        assertThat(schedule.nextDue(SECOND)).isEqualTo(Schedule.NEVER);
    }

    @Test
    void asFastAsItGoesTheNextIsDueNow() {
        Schedule schedule = Schedule.asFastAsItGoes(SECOND);
        assertThat(schedule.take(5)).isEqualTo(5);
        assertThat(schedule.take(SECOND - 1)).isEqualTo(SECOND - 1);
        assertThat(schedule.nextDue(SECOND)).isEqualTo(Schedule.NEVER);
    }

    @Test
    void aRateOfNothingIsRefused() {
        assertThatThrownBy(() -> Schedule.fixedRate(0, SECOND)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Of ten seconds it stands still for one: that is a tenth of those who come, and all but four never get there. */
    @Test
    void aServerThatStandsStillIsSeenAtTheFixedRateThoughFewRequestsMeetIt() {
        Histogram open = simulate(Schedule.fixedRate(1000, 10 * SECOND));
        assertThat(open.getTotalCount()).isEqualTo(10_000);
        assertThat(open.getValueAtPercentile(99)).isBetween(850 * MILLI, SECOND);
        assertThat(open.getValueAtPercentile(80)).isLessThan(10 * MILLI);

        Histogram closed = simulate(Schedule.asFastAsItGoes(10 * SECOND));
        assertThat(closed.getValueAtPercentile(99)).isLessThan(10 * MILLI);
    }

    /** Each connection takes 1 ms a request, but nothing is answered between the fifth and the sixth second. */
    private static Histogram simulate(Schedule schedule) {
        record Answer(long at, long due) {}
        PriorityQueue<Answer> answers = new PriorityQueue<>(Comparator.comparingLong(Answer::at));
        Histogram latencies = Load.histogram();
        int free = CONNECTIONS;
        long now = 0;
        while (true) {
            while (free > 0 && schedule.nextDue(now) <= now) {
                long done = now + MILLI;
                boolean stands = done > 5 * SECOND && done < 6 * SECOND;
                answers.add(new Answer(stands ? 6 * SECOND : done, schedule.take(now)));
                free--;
            }
            long nextDue = free > 0 ? schedule.nextDue(now) : Schedule.NEVER;
            Answer first = answers.peek();
            if (first != null && first.at() <= nextDue) {
                answers.remove();
                now = first.at();
                free++;
                Load.record(latencies, now - first.due());
            } else if (nextDue == Schedule.NEVER) {
                return latencies;
            } else {
                now = nextDue;
            }
        }
    }
}
