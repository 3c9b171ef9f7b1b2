package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.process.Activity;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells once of a request that is worked on for longer than {@code slow_after}, and what its process is doing then:
 * php-fpm's slow log without ptrace. One for each place where requests are worked on, one after the other.
 *
 * <p>Owned by the event loop; /proc is read on the thread for files.
 */
final class SlowWatch {

    private static final Logger LOG = LoggerFactory.getLogger("slow");

    /** The processor time is compared with that after this part of slow_after: nobody looks at short requests. */
    private static final int FIRST_LOOK = 10;

    private final String app;
    private final long limitNanos;
    private final SpoolFiles files;
    private long sinceNanos;
    private @Nullable Sample first;
    private boolean told;

    SlowWatch(AppSettings settings, SpoolFiles files) {
        this.app = settings.name();
        this.limitNanos = settings.timeouts().slow().toNanos();
        this.files = files;
    }

    /** Called several times a second, with what is worked on. */
    void look(@Nullable Exchange request, long nowNanos) {
        if (request == null) {
            return;
        }
        if (request.dispatchedNanos() != sinceNanos) {
            sinceNanos = request.dispatchedNanos();
            first = null;
            told = false;
        }
        long age = nowNanos - sinceNanos;
        if (told || age < limitNanos / FIRST_LOOK || request.pid() == 0) {
            return;
        }
        Sample before = first;
        if (before == null) {
            before = new Sample(request.pid());
            first = before;
            files.execute(before::take);
        }
        if (age >= limitNanos) {
            told = true;
            tell(before, request, age);
        }
    }

    private void tell(Sample before, Exchange request, long age) {
        String what = app + ": " + request.id() + " " + request.title();
        files.execute(() -> LOG.warn("{} takes long: {} s so far, {}", what, seconds(age), before.account()));
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / 1e9);
    }

    /** What a process had used when it was first looked at. File thread only. */
    private static final class Sample {

        /** Over less, ticks of 10 ms tell nothing. */
        private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

        private final int pid;
        private long takenNanos;
        private long cpuMillis = -1;

        Sample(int pid) {
            this.pid = pid;
        }

        void take() {
            takenNanos = System.nanoTime();
            cpuMillis = Activity.of(pid).map(Activity::cpuMillis).orElse(-1L);
        }

        /** {@code 4182 is sleeping in …, cpu 0.01 s of the last 4.5 s}. */
        String account() {
            Optional<Activity> now = Activity.of(pid);
            if (now.isEmpty()) {
                return pid + " has ended";
            }
            long passed = System.nanoTime() - takenNanos;
            String state = pid + " is " + now.get().describe();
            if (cpuMillis < 0 || passed < SHORTEST_NANOS) {
                return state;
            }
            double used = (now.get().cpuMillis() - cpuMillis) / 1e3;
            return state + String.format(Locale.ROOT, ", cpu %.2f s of the last %.1f s", used, passed / 1e9);
        }
    }
}
