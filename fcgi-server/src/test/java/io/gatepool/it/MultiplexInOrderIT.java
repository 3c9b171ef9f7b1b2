package io.gatepool.it;

import static io.gatepool.it.MultiplexHouse.get;
import static io.gatepool.it.MultiplexHouse.number;
import static io.gatepool.it.MultiplexHouse.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.it.RawFastCgi.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * kind = "wsgi": a request is sent to a worker that serves in order while another one runs there, to spare the worker
 * its sleep, and nobody is to be worse off for it. multiplexer.py stands in the worker's place and writes down what it
 * sees.
 *
 * <p>Whether a request is sent ahead depends on times: the others of late were short, and the one before it has only just
 * begun. So that this does not depend on the machine, short is what takes less than 100 ms here; what a test is about is
 * tried again should the machine stand still for so long.
 */
class MultiplexInOrderIT {

    private static final String LONG_SHORT_REQUESTS = "-Dgatepool.lookahead.micros=100000";

    private static final String SLOW_WAKE_UPS = " -Dgatepool.lookahead.wakeup.micros=1000000";

    private final Path directory;

    MultiplexInOrderIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private MultiplexHouse house(int workers, String settings) throws Exception {
        return MultiplexHouse.inOrder(directory, "workers.max = " + workers + "\n" + settings, LONG_SHORT_REQUESTS)
                .known(workers);
    }

    /** One try; false when the request was not sent ahead. */
    private interface Try {
        boolean happened(int number) throws Exception;
    }

    private static void tryUntilItHappens(MultiplexHouse house, Try one) throws Exception {
        long until = System.nanoTime() + Poll.PATIENCE.toNanos();
        int number = 0;
        for (; System.nanoTime() < until; number++) {
            house.warmUp();
            if (one.happened(number)) {
                return;
            }
        }
        throw new AssertionError("no request was sent ahead in " + number + " tries:\n" + house.events());
    }

    /** Sends "a", which a worker works on until the file that is returned is gone, and "b" right behind it. */
    private static Path oneThatRunsAndAnother(MultiplexHouse house, RawFastCgi front, int number) {
        Path hold = house.newHold();
        get(front, 1, "hold", "key=a" + number + "&file=" + hold);
        get(front, 2, "info", "key=b" + number);
        front.send();
        MultiplexHouse.awaitHeld(hold);
        return hold;
    }

    @Test
    void aGetIsSentToTheOnlyWorkerWhileAnotherOneRuns() throws Exception {
        try (MultiplexHouse house = house(1, "");
                RawFastCgi front = house.connect()) {
            tryUntilItHappens(house, number -> {
                Path hold = oneThatRunsAndAnother(house, front, number);
                Poll.until("b is there, or waits", () -> house.count("seen", "b" + number) > 0 || house.queued() == 1);
                boolean ahead = house.count("seen", "b" + number) > 0;
                MultiplexHouse.release(hold);
                assertThat(front.answer(1).body()).startsWith("key a" + number + "\n");
                assertThat(front.answer(2).body()).startsWith("key b" + number + "\n");
                assertThat(house.count("begin", "b" + number)).isEqualTo(1);
                return ahead;
            });
        }
    }

    @Test
    void whoWaitsBehindALongOneIsTakenBackToTheQueue() throws Exception {
        try (MultiplexHouse house = house(1, "");
                RawFastCgi front = house.connect()) {
            tryUntilItHappens(house, number -> {
                Path hold = house.newHold();
                get(front, 1, "hold", "key=a" + number + "&file=" + hold);
                get(front, 2, "info", "key=b" + number);
                get(front, 3, "info", "key=c" + number);
                front.send();
                MultiplexHouse.awaitHeld(hold);
                Poll.until("both wait in the queue", () -> house.queued() == 2);
                boolean ahead = house.count("seen", "b" + number) > 0 && house.count("seen", "c" + number) > 0;
                if (ahead) {
                    house.await("abort", "b" + number);
                    house.await("abort", "c" + number);
                }
                MultiplexHouse.release(hold);
                for (int id = 1; id <= 3; id++) {
                    assertThat(front.answer(id).body()).startsWith("key " + "?abc".charAt(id) + number + "\n");
                }
                if (ahead) {
                    assertThat(house.count("seen", "b" + number))
                            .as("not sent ahead of the same one again")
                            .isEqualTo(2);
                }
                return ahead;
            });
            assertThat(house.daemon().log()).as("no attempt").doesNotContain("runs again");
        }
    }

    @Test
    void whereThatIsSoonerItIsSentBehindAnotherOneThoughAWorkerIsFree() throws Exception {
        try (MultiplexHouse house = MultiplexHouse.inOrder(
                                directory, "workers.max = 2", LONG_SHORT_REQUESTS + SLOW_WAKE_UPS)
                        .known(2);
                RawFastCgi front = house.connect()) {
            tryUntilItHappens(house, number -> {
                Path hold = oneThatRunsAndAnother(house, front, number);
                // Was it not sooner after all, the free worker has it.
                Answer behind = front.answer(2);
                assertThat(behind.body()).startsWith("key b" + number + "\n");
                MultiplexHouse.release(hold);
                Answer before = front.answer(1);
                assertThat(before.body()).startsWith("key a" + number + "\n");
                assertThat(number(before, "pid")).isNotEqualTo(number(behind, "pid"));
                return house.seenBy("b" + number).equals(List.of(number(before, "pid"), number(behind, "pid")));
            });
            assertThat(house.daemon().log()).as("no attempt").doesNotContain("runs again");
        }
    }

    @Test
    void awakeWorkersAreNotPreferredWhereThatTakesLonger() throws Exception {
        try (MultiplexHouse house = house(2, "");
                RawFastCgi front = house.connect()) {
            for (int number = 0; number < 5; number++) {
                // Those that have to wait take longer than it does to wake a worker.
                for (int id = 1; id <= 4; id++) {
                    get(front, id, "sleep", "ms=20&key=warm");
                }
                front.send();
                for (int id = 1; id <= 4; id++) {
                    front.answer(id);
                }
                Path hold = oneThatRunsAndAnother(house, front, number);
                assertThat(front.answer(2).body()).startsWith("key b" + number + "\n");
                assertThat(house.seenBy("b" + number)).hasSize(1);
                MultiplexHouse.release(hold);
                front.answer(1);
            }
        }
    }

    @Test
    void whereIdleWorkersAreStoppedNoneIsLeftIdle() throws Exception {
        String dynamic = "workers.max = 2\nworkers.mode = \"dynamic\"\nworkers.start = 2\nworkers.max_spare = 2";
        try (MultiplexHouse house = MultiplexHouse.inOrder(directory, dynamic, LONG_SHORT_REQUESTS + SLOW_WAKE_UPS)
                        .known(2);
                RawFastCgi front = house.connect()) {
            for (int number = 0; number < 5; number++) {
                house.warmUp();
                Path hold = oneThatRunsAndAnother(house, front, number);
                assertThat(front.answer(2).body()).startsWith("key b" + number + "\n");
                assertThat(house.seenBy("b" + number)).hasSize(1);
                MultiplexHouse.release(hold);
                front.answer(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&cut=1", "&cut=60"})
    void answersThatComeTogetherAreToldApart(String cut) throws Exception {
        try (MultiplexHouse house = house(1, "");
                RawFastCgi front = house.connect()) {
            tryUntilItHappens(house, number -> {
                for (int id = 1; id <= 4; id++) {
                    get(front, id, "together", "k=4&key=" + id + "-" + number + cut);
                }
                front.send();
                boolean together = true;
                for (int id = 1; id <= 4; id++) {
                    Answer answer = front.answer(id);
                    assertThat(answer.body()).startsWith("key " + id + "-" + number + "\n");
                    together &= number(answer, "together") == 4;
                }
                // Nothing of them is in the way of the next ones.
                for (int id = 5; id <= 8; id++) {
                    assertThat(front.request(id, true, "/info", "key=next" + id).body())
                            .startsWith("key next" + id + "\n");
                }
                return together;
            });
        }
    }

    @Test
    void aPostIsNeverSentAhead() throws Exception {
        try (MultiplexHouse house = house(1, "");
                RawFastCgi front = house.connect()) {
            for (int number = 0; number < 5; number++) {
                house.warmUp();
                Path hold = house.newHold();
                get(front, 1, "hold", "key=a" + number + "&file=" + hold);
                post(front, 2, "info", "key=b" + number, number % 2 == 0 ? "" : "body");
                front.send();
                MultiplexHouse.awaitHeld(hold);
                Poll.until("it waits", () -> house.queued() == 1);
                assertThat(house.count("seen", "b" + number)).isZero();
                MultiplexHouse.release(hold);
                assertThat(front.answer(1).body()).startsWith("key a" + number + "\n");
                assertThat(front.answer(2).body()).startsWith("key b" + number + "\n");
            }
        }
    }

    @Test
    void aGetWithABodyIsNeverSentAhead() throws Exception {
        try (MultiplexHouse house = house(1, "");
                RawFastCgi front = house.connect()) {
            house.warmUp();
            Path hold = house.newHold();
            get(front, 1, "hold", "key=a&file=" + hold);
            Map<String, String> variables = RawFastCgi.get("/info", "key=b");
            variables.put("CONTENT_LENGTH", "4");
            front.begin(2).params(2, variables).stdin(2, "body").endStdin(2).send();
            MultiplexHouse.awaitHeld(hold);
            Poll.until("it waits", () -> house.queued() == 1);
            assertThat(house.count("seen", "b")).isZero();
            MultiplexHouse.release(hold);
            assertThat(front.answer(2).body()).startsWith("key b\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"multiplex = 1", "retry = false"})
    void itCanBeSwitchedOff(String settings) throws Exception {
        try (MultiplexHouse house = house(1, settings);
                RawFastCgi front = house.connect()) {
            for (int number = 0; number < 5; number++) {
                house.warmUp();
                Path hold = oneThatRunsAndAnother(house, front, number);
                Poll.until("it waits", () -> house.queued() == 1);
                assertThat(house.count("seen", "b" + number)).isZero();
                MultiplexHouse.release(hold);
                assertThat(front.answer(1).body()).startsWith("key a");
                assertThat(number(front.answer(2), "most")).isEqualTo(1);
            }
        }
    }

    @Test
    void whoIsBehindAHangingOneIsAnsweredByTheNextWorkerThatIsFree() throws Exception {
        try (MultiplexHouse house = house(2, "");
                RawFastCgi front = house.connect()) {
            tryUntilItHappens(house, number -> {
                Path hangs = house.newHold();
                Path other = house.newHold();
                get(front, 1, "hold", "key=a" + number + "&file=" + hangs);
                get(front, 2, "hold", "key=o" + number + "&file=" + other);
                get(front, 3, "info", "key=b" + number);
                front.send();
                MultiplexHouse.awaitHeld(hangs);
                MultiplexHouse.awaitHeld(other);
                Poll.until("b is back in the queue", () -> house.queued() == 1);
                boolean ahead = house.count("seen", "b" + number) > 0;
                MultiplexHouse.release(other);
                Answer quick = front.answer(2);
                Answer behind = front.answer(3);
                assertThat(behind.body()).startsWith("key b" + number + "\n");
                assertThat(number(behind, "pid")).isEqualTo(number(quick, "pid"));
                assertThat(Files.exists(hangs)).as("the other one hangs still").isTrue();
                MultiplexHouse.release(hangs);
                assertThat(number(front.answer(1), "pid")).isNotEqualTo(number(behind, "pid"));
                return ahead;
            });
        }
    }

    @Test
    void whatADyingWorkerHadNotBegunWithRunsElsewhereAndAPostFails() throws Exception {
        try (MultiplexHouse house = house(1, "");
                RawFastCgi front = house.connect()) {
            tryUntilItHappens(house, number -> {
                Path once = directory.resolve("once" + number);
                // It dies when it sees a second one; if that does not come in time, the first one is not what it was.
                post(front, 1, "die", "k=2&once=" + once + "&key=a" + number, "b");
                get(front, 2, "info", "key=b" + number);
                front.send();
                Poll.until("it dies, or b waits", () -> Files.exists(once) || house.queued() == 1);
                boolean ahead = house.count("seen", "b" + number) > 0;
                if (!Files.exists(once)) {
                    Files.createFile(once);
                }
                Answer first = front.answer(1);
                assertThat(front.answer(2).body()).startsWith("key b" + number + "\n");
                assertThat(house.count("begin", "b" + number)).isEqualTo(1);
                assertThat(house.count("begin", "a" + number)).isEqualTo(1);
                if (!first.body().startsWith("key a")) {
                    assertThat(first.text()).startsWith("Status: 502").contains("X-Gatepool-Cause: worker-crashed");
                    assertThat(house.daemon().log()).doesNotContain("/info?key=b" + number + " runs again");
                    return ahead;
                }
                return false;
            });
        }
    }

    @Test
    void aGetUnderWhichAWorkerDiesRunsAgainAndSoDoesWhatWasBehindIt() throws Exception {
        try (MultiplexHouse house = house(1, "");
                RawFastCgi front = house.connect()) {
            tryUntilItHappens(house, number -> {
                Path once = directory.resolve("once" + number);
                get(front, 1, "die", "k=4&once=" + once + "&key=a" + number);
                for (int id = 2; id <= 4; id++) {
                    get(front, id, "info", "key=b" + number);
                }
                front.send();
                Poll.until("it dies, or they wait", () -> Files.exists(once) || house.queued() > 0);
                boolean died = Files.exists(once);
                if (!died) {
                    Files.createFile(once);
                }
                assertThat(front.answer(1).body()).startsWith("key a" + number + "\n");
                for (int id = 2; id <= 4; id++) {
                    assertThat(front.answer(id).body()).startsWith("key b" + number + "\n");
                }
                return died && house.count("begin", "a" + number) == 2 && house.count("begin", "b" + number) == 3;
            });
        }
    }

    @Test
    void whatAnEndingWorkerRefusesRunsElsewhere() throws Exception {
        try (MultiplexHouse house = house(1, "");
                RawFastCgi front = house.connect()) {
            tryUntilItHappens(house, number -> {
                get(front, 1, "quit", "key=a" + number);
                get(front, 2, "info", "key=b" + number);
                post(front, 3, "info", "key=c" + number, "b");
                front.send();
                assertThat(front.answer(1).body()).isEqualTo("quits\n");
                assertThat(front.answer(2).body()).startsWith("key b" + number + "\n");
                assertThat(front.answer(3).body()).startsWith("key c" + number + "\n");
                return house.count("seen", "b" + number) == 2 && house.count("begin", "b" + number) == 1;
            });
        }
    }

    @Test
    void noneIsLostWhenWorkersAreRecycled() throws Exception {
        try (MultiplexHouse house = house(2, "max_requests = 10\nmax_requests_jitter = \"50%\"");
                RawFastCgi front = house.connect()) {
            Set<Integer> pids = new HashSet<>();
            Deque<Integer> open = new ArrayDeque<>();
            int request = 0;
            // It is looked ten times a second whose limit is reached.
            for (; pids.size() < 8 && request < 100_000; request++) {
                if (open.size() == 12) {
                    pids.add(answered(front, open.remove()));
                }
                get(front, request % 12 + 1, "info", "key=k" + request);
                front.send();
                open.add(request);
            }
            for (int last : open) {
                answered(front, last);
            }
            assertThat(pids).hasSize(8);
            // On a busy machine one may be taken back just when its turn comes, and begin twice: it is safe.
            assertThat(house.events().stream()
                            .filter(event ->
                                    event.what().equals("begin") && event.key().matches("k[0-9]+"))
                            .map(MultiplexHouse.Event::key)
                            .distinct())
                    .as("each of them")
                    .hasSize(request);
        }
    }

    private static int answered(RawFastCgi front, int request) {
        Answer answer = front.answer(request % 12 + 1);
        assertThat(answer.text()).contains("key k" + request + "\n");
        return number(answer, "pid");
    }

    @Test
    void ofASlowApplicationNoTwoAreEverOnOneConnection() throws Exception {
        try (MultiplexHouse house =
                        MultiplexHouse.inOrder(directory, "workers.max = 2", "").known(2);
                RawFastCgi front = house.connect()) {
            // What was quick before is forgotten in some dozens of requests.
            for (int round = 0; round < 20; round++) {
                for (int id = 1; id <= 4; id++) {
                    get(front, id, "sleep", "ms=5&key=" + (round < 10 ? "early" : "late"));
                }
                front.send();
                for (int id = 1; id <= 4; id++) {
                    front.answer(id);
                }
            }
            Map<Integer, Integer> there = new HashMap<>();
            int most = 0;
            for (MultiplexHouse.Event event : house.events()) {
                if (event.key().equals("late") && event.what().equals("seen")) {
                    most = Math.max(most, there.merge(event.pid(), 1, Integer::sum));
                } else if (event.key().equals("late") && event.what().equals("end")) {
                    there.merge(event.pid(), -1, Integer::sum);
                }
            }
            assertThat(most).isEqualTo(1);
        }
    }

    @Test
    void whoIsBehindOneThatGoesOverItsOutputTimeoutIsAnsweredAllTheSame() throws Exception {
        try (MultiplexHouse house = house(1, "output_timeout = \"1s\"\nstop_timeout = \"1s\"");
                RawFastCgi front = house.connect()) {
            tryUntilItHappens(house, number -> {
                Path hold = house.newHold();
                get(front, 1, "hold", "key=a" + number + "&file=" + hold);
                get(front, 2, "info", "key=b" + number);
                front.send();
                assertThat(front.answer(1).text())
                        .startsWith("Status: 504")
                        .contains("X-Gatepool-Cause: output-timeout");
                assertThat(front.answer(2).body()).startsWith("key b" + number + "\n");
                return house.count("seen", "b" + number) == 2;
            });
        }
    }

    @Test
    void theClientOfOneThatWaitsMayLeave() throws Exception {
        try (MultiplexHouse house = house(1, "");
                RawFastCgi front = house.connect()) {
            tryUntilItHappens(house, number -> {
                Path hold = house.newHold();
                get(front, 1, "hold", "key=a" + number + "&file=" + hold);
                get(front, 2, "info", "key=b" + number);
                front.abort(2).send();
                MultiplexHouse.awaitHeld(hold);
                assertThat(front.answer(2).text()).isEmpty();
                MultiplexHouse.release(hold);
                assertThat(front.answer(1).body()).startsWith("key a" + number + "\n");
                assertThat(front.request(3, true, "/info", "key=c" + number).body())
                        .startsWith("key c" + number + "\n");
                assertThat(house.count("begin", "b" + number)).isZero();
                return house.count("abort", "b" + number) == 1;
            });
            assertThat(List.of(house.daemon().log().split("\n"))).noneMatch(line -> line.contains("runs again"));
        }
    }

    @Test
    void theClientOfTheOneThatRunsMayLeave() throws Exception {
        try (MultiplexHouse house = house(1, "");
                RawFastCgi front = house.connect()) {
            tryUntilItHappens(house, number -> {
                Path hold = oneThatRunsAndAnother(house, front, number);
                front.abort(1).send();
                assertThat(front.answer(1).text()).isEmpty();
                boolean ahead = house.count("seen", "b" + number) > 0;
                MultiplexHouse.release(hold);
                assertThat(front.answer(2).body()).startsWith("key b" + number + "\n");
                assertThat(front.request(3, true, "/info", "key=c").body()).startsWith("key c\n");
                return ahead;
            });
        }
    }
}
