package io.gatepool.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Measures servers beside each other: in rounds, each way in turn, so that a noise of the machine hits all alike. First
 * what each can do, then all at one rate. One thread, which waits.
 */
public final class Bench {

    private static final int BIRTH_TRIALS = 15;
    private static final int MEMORY_SAMPLES = 5;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
    private static final long MOST_ALONE = TimeUnit.MILLISECONDS.toNanos(500);

    /** Both have reserves then: at all that the slower one can do, every stumble would grow into a queue. */
    private static final double SHARE = 0.8;

    /** A server to be measured. */
    public record Subject(Way way, Target target, int pid, int status) {}

    private final LoadGenerator generator;
    private final List<Subject> subjects;
    private final int connections;
    private final int rounds;
    private final long nanos;
    private final Consumer<String> progress;

    public Bench(
            LoadGenerator generator,
            List<Subject> subjects,
            int connections,
            int rounds,
            long nanos,
            Consumer<String> progress) {
        this.generator = generator;
        this.subjects = subjects;
        this.connections = connections;
        this.rounds = rounds;
        this.nanos = nanos;
        this.progress = progress;
    }

    /**
     * Measures everything; returns the rate that was the same for all.
     *
     * @param wanted that rate; 0 to have it found
     */
    public double run(double wanted) throws IOException, InterruptedException {
        for (Subject subject : subjects) {
            progress.accept("warming up: " + subject.way().name());
            load(subject, connections, Schedule.asFastAsItGoes(nanos));
            subject.way().births(births(subject));
        }
        for (int round = 1; round <= rounds; round++) {
            List<String> rates = new ArrayList<>();
            for (Subject subject : inOrderOf(round)) {
                long alone = Math.min(nanos / 4, MOST_ALONE);
                subject.way().alone().add(window(subject, 1, Schedule.asFastAsItGoes(alone)));
                Window full = window(subject, connections, Schedule.asFastAsItGoes(nanos));
                subject.way().full().add(full);
                rates.add(subject.way().name() + " " + Numbers.count(full.load().rate()) + "/s");
            }
            progress.accept("round " + round + " of " + rounds + ", as fast as it goes: " + String.join(", ", rates));
        }
        double rate = wanted > 0 ? wanted : SHARE * slowest();
        if (rate > 0) {
            for (int round = 1; round <= rounds; round++) {
                for (Subject subject : inOrderOf(round)) {
                    subject.way().steady().add(window(subject, connections, Schedule.fixedRate(rate, nanos)));
                }
                progress.accept(
                        "round " + round + " of " + rounds + ", " + Numbers.count(rate) + " requests a second each");
            }
        }
        for (Subject subject : subjects) {
            subject.way().memory(memory(subject));
        }
        return rate;
    }

    /** Every second round the other way about: whoever comes second may find another machine. */
    private List<Subject> inOrderOf(int round) {
        List<Subject> order = new ArrayList<>(subjects);
        if (round % 2 == 0) {
            order.sort(Comparator.comparingInt(subject -> -subjects.indexOf(subject)));
        }
        return order;
    }

    private double slowest() {
        return subjects.stream()
                .mapToDouble(subject -> Figures.median(
                        subject.way().full(), window -> window.load().rate()))
                .min()
                .orElse(0);
    }

    private Load load(Subject subject, int clients, Schedule schedule) throws IOException, InterruptedException {
        return generator.run(subject.target(), clients, schedule, PATIENCE, subject.status());
    }

    private Window window(Subject subject, int clients, Schedule schedule) throws IOException, InterruptedException {
        Meter before = Meter.read(subject.pid());
        Load load = load(subject, clients, schedule);
        return new Window(load, before.until(Meter.read(subject.pid())));
    }

    /** The least of several tries: what others start in that moment can only add to it. */
    private long births(Subject subject) throws IOException, InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < BIRTH_TRIALS; i++) {
            long before = Proc.machine().births();
            load(subject, 1, Schedule.one());
            least = Math.min(least, Proc.machine().births() - before);
        }
        return least;
    }

    /** Looked at while it works, in a run of its own: to look costs time. The median of a few looks. */
    private Memory memory(Subject subject) throws IOException, InterruptedException {
        List<Memory> seen = new ArrayList<>();
        long whole = Math.min(nanos, TimeUnit.SECONDS.toNanos(1));
        Thread watcher = new Thread(
                () -> {
                    try {
                        for (int i = 0; i < MEMORY_SAMPLES; i++) {
                            TimeUnit.NANOSECONDS.sleep(whole / (MEMORY_SAMPLES + 1));
                            seen.add(Memory.of(subject.pid()));
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                String.format(Locale.ROOT, "memory-of-%s", subject.way().name()));
        watcher.setDaemon(true);
        watcher.start();
        load(subject, connections, Schedule.asFastAsItGoes(whole));
        watcher.join();
        seen.sort(Comparator.comparingLong(Memory::total));
        return seen.get(seen.size() / 2);
    }
}
