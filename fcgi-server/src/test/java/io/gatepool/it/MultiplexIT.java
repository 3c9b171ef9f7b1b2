package io.gatepool.it;

import static io.gatepool.it.MultiplexHouse.get;
import static io.gatepool.it.MultiplexHouse.line;
import static io.gatepool.it.MultiplexHouse.number;
import static io.gatepool.it.MultiplexHouse.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.it.RawFastCgi.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several requests on one connection to an application that serves them side by side: the records as they may come. */
class MultiplexIT {

    private static final String ONE = "workers.max = 1\nmultiplex = ";
    private static final String AUTO = ONE + "\"auto\"";

    private final Path directory;

    MultiplexIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private MultiplexHouse house(String says, String settings) throws Exception {
        return MultiplexHouse.sideBySide(directory, "SAYS = \"" + says + "\"", settings)
                .known(1);
    }

    private MultiplexHouse four() throws Exception {
        return house("FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=4", AUTO);
    }

    // ---- the answers ----

    @ParameterizedTest
    @CsvSource({"1,1", "2,7", "3,40", "4,3000"})
    void mixedRecordsInAnyOrderReachTheRightClient(int seed, int piece) throws Exception {
        try (MultiplexHouse house = four();
                RawFastCgi front = house.connect()) {
            for (int round = 0; round < 3; round++) {
                for (int id = 1; id <= 4; id++) {
                    String query = "k=4&n=" + 500 * id + "&piece=" + piece + "&seed=" + (seed + round) + "&key=r"
                            + round + "i" + id;
                    if (id % 2 == 0) {
                        post(front, id, "gather", query, "x".repeat(1000 * id));
                    } else {
                        get(front, id, "gather", query);
                    }
                }
                front.send();
                for (int id = 1; id <= 4; id++) {
                    String line = "r" + round + "i" + id + " " + (id % 2 == 0 ? 1000 * id : 0) + "\n";
                    assertThat(front.answer(id).body()).isEqualTo(line.repeat(500 * id / line.length() + 1));
                }
            }
            Answer last = front.request(9, true, "/info", "");
            assertThat(number(last, "connections")).as("one of the probe").isEqualTo(2);
            assertThat(line(last, "ids")).as("they are used again").isEqualTo("1,2,3,4");
        }
    }

    @Test
    void bodiesThatAreLargerThanAnySocketTakesComeThroughMixed() throws Exception {
        String[] bodies = new String[5];
        try (MultiplexHouse house = four();
                RawFastCgi front = house.connect()) {
            for (int id = 1; id <= 4; id++) {
                bodies[id] = ("body " + id + "\n").repeat((1 << 20) / 7);
                post(front, id, "echo", "", bodies[id]);
            }
            front.send();
            for (int id = 1; id <= 4; id++) {
                assertThat(front.answer(id).body()).isEqualTo(bodies[id]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"77", "65535", "3", "2,3,4,300"})
    void recordsOfRequestsThatThereAreNotDisturbNobody(String ids) throws Exception {
        try (MultiplexHouse house = four();
                RawFastCgi front = house.connect()) {
            Path hold = house.newHold();
            post(front, 1, "hold", "key=held&file=" + hold, "not to be sent twice");
            front.send();
            MultiplexHouse.awaitHeld(hold);
            for (int round = 0; round < 3; round++) {
                assertThat(front.request(2, true, "/strange", "key=own&ids=" + ids)
                                .body())
                        .startsWith("key own\n");
            }
            MultiplexHouse.release(hold);
            assertThat(front.answer(1).body()).startsWith("key held\n");
            for (int round = 0; round < 3; round++) {
                assertThat(front.request(3, true, "/info", "key=after").body()).startsWith("key after\n");
            }
            assertThat(house.count("begin", "held")).isEqualTo(1);
            assertThat(house.daemon().log()).doesNotContain("runs again");
        }
    }

    /** Whatever it was, the next request on that id would get it: so the connection is given up, when it is empty. */
    @Test
    void aRecordForAnIdThatIsFreeDoesNotDisturbThoseThatAreNot() throws Exception {
        try (MultiplexHouse house = four();
                RawFastCgi front = house.connect()) {
            for (int id = 1; id <= 4; id++) {
                get(front, id, "gather", "k=4&key=all");
            }
            front.send();
            for (int id = 1; id <= 4; id++) {
                front.answer(id);
            }
            for (int round = 0; round < 3; round++) {
                Path hold = house.newHold();
                post(front, 1, "hold", "key=held&file=" + hold, "not to be sent twice");
                front.send();
                MultiplexHouse.awaitHeld(hold);
                assertThat(front.request(2, true, "/strange", "key=own&ids=1,2,3,4")
                                .body())
                        .startsWith("key own\n");
                post(front, 3, "info", "key=next", "b");
                front.send();
                MultiplexHouse.release(hold);
                assertThat(front.answer(1).body()).startsWith("key held\n");
                assertThat(front.answer(3).body()).startsWith("key next\n");
            }
            assertThat(house.count("begin", "held")).isEqualTo(3);
            assertThat(house.daemon().log()).doesNotContain("runs again");
        }
    }

    // ---- clients that leave ----

    @Test
    void theWorkerIsToldOfAClientThatLeftAndTheOthersGoOn() throws Exception {
        try (MultiplexHouse house = four();
                RawFastCgi front = house.connect()) {
            Path hold = house.newHold();
            for (int id = 1; id <= 3; id++) {
                post(front, id, "hold", "key=h" + id + "&file=" + hold, "b");
            }
            front.send();
            house.await("begin", "h3");
            front.abort(2).send();
            house.await("abort", "h2");
            assertThat(front.request(4, true, "/info", "key=x").protocolStatus())
                    .isZero();
            MultiplexHouse.release(hold);
            assertThat(front.answer(1).body()).startsWith("key h1\n");
            assertThat(front.answer(3).body()).startsWith("key h3\n");
            Answer after = front.request(5, true, "/info", "");
            assertThat(number(after, "aborts")).isEqualTo(1);
            assertThat(number(after, "connections")).isEqualTo(2);
        }
    }

    /**
     * As Go does: END_REQUEST at once, and what the handler writes all the same later. Behind it in the same read it
     * must not be taken for an answer that nobody has asked for: then the connection would take no more.
     */
    @ParameterizedTest
    @ValueSource(strings = {"", "&at=once"})
    void whatIsAnsweredToAClientThatLeftGoesToNobodyElse(String when) throws Exception {
        try (MultiplexHouse house = four();
                RawFastCgi front = house.connect()) {
            Path hold = house.newHold();
            get(front, 1, "hold", "key=held&file=" + hold);
            front.send();
            MultiplexHouse.awaitHeld(hold);
            for (int round = 0; round < 6; round++) {
                get(front, 2, "late", "key=late" + round + when);
                front.send();
                house.await("begin", "late" + round);
                front.abort(2).send();
                house.await("abort", "late" + round);
                assertThat(front.answer(2).text()).isEmpty();
                // Two, so that the id that had become free is taken in any case.
                get(front, 3, "info", "key=a" + round);
                get(front, 4, "info", "key=b" + round);
                front.send();
                assertThat(front.answer(3).body()).startsWith("key a" + round + "\n");
                assertThat(front.answer(4).body()).startsWith("key b" + round + "\n");
            }
            MultiplexHouse.release(hold);
            assertThat(front.answer(1).body()).startsWith("key held\n");
            assertThat(house.count("begin", "held")).isEqualTo(1);
        }
    }

    // ---- refusals ----

    @ParameterizedTest
    @CsvSource({"1,FCGI_CANT_MPX_CONN", "2,FCGI_OVERLOADED"})
    void aSecondRequestThatIsRefusedRunsLater(int status, String name) throws Exception {
        String environment = "REFUSE = \"" + status + "\", SAYS = \"FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=4\"";
        try (MultiplexHouse house =
                        MultiplexHouse.sideBySide(directory, environment, AUTO).known(1);
                RawFastCgi front = house.connect()) {
            Path hold = house.newHold();
            get(front, 1, "hold", "key=first&file=" + hold);
            front.send();
            MultiplexHouse.awaitHeld(hold);
            String body = "x".repeat(3 << 20);
            post(front, 2, "echo", "key=second", body);
            get(front, 3, "info", "key=third");
            front.send();
            Poll.until("both wait", () -> house.queued() == 2);
            MultiplexHouse.release(hold);
            assertThat(front.answer(1).body()).startsWith("key first\n");
            assertThat(front.answer(2).body()).as(name).isEqualTo(body);
            Answer third = front.answer(3);
            assertThat(third.body()).startsWith("key third\n");
            assertThat(number(third, "refused"))
                    .as("it is not tried again and again")
                    .isBetween(1, 2);
            assertThat(house.count("begin", "second")).isEqualTo(1);
        }
    }

    @Test
    void aSecondRequestThatIsRefusedRunsElsewhere() throws Exception {
        String environment = "REFUSE = \"2\", SAYS = \"FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=4\"";
        try (MultiplexHouse house = MultiplexHouse.sideBySide(
                                directory, environment, "workers.max = 2\nmultiplex = \"auto\"")
                        .known(2);
                RawFastCgi front = house.connect()) {
            Path one = house.newHold();
            Path other = house.newHold();
            get(front, 1, "hold", "key=h1&file=" + one);
            get(front, 2, "hold", "key=h2&file=" + other);
            front.send();
            MultiplexHouse.awaitHeld(one);
            MultiplexHouse.awaitHeld(other);
            post(front, 3, "info", "key=third", "b");
            front.send();
            Poll.until("it waits", () -> house.queued() == 1);
            MultiplexHouse.release(other);
            assertThat(front.answer(2).body()).startsWith("key h2\n");
            assertThat(front.answer(3).body()).startsWith("key third\n");
            assertThat(Files.exists(one)).as("the other one still has its own").isTrue();
            MultiplexHouse.release(one);
            assertThat(front.answer(1).body()).startsWith("key h1\n");
        }
    }

    @Test
    void aRefusalBehindAPartOfTheAnswerIsAFailureAndNothingRunsTwice() throws Exception {
        try (MultiplexHouse house = four();
                RawFastCgi front = house.connect();
                RawFastCgi second = house.connect()) {
            Path hold = house.newHold();
            get(front, 1, "hold", "key=first&file=" + hold);
            front.send();
            MultiplexHouse.awaitHeld(hold);
            get(second, 1, "begun", "key=begun");
            // Over FastCGI only the end of the connection says that an answer is cut.
            assertThat(second.answerOrEnd(1).protocolStatus()).isNegative();
            assertThat(house.count("begin", "begun")).isEqualTo(1);
            MultiplexHouse.release(hold);
            assertThat(front.answer(1).body()).startsWith("key first\n");
        }
    }

    // ---- how many ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=3 | 'auto' | 1 | 3",
                "FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=3 | 8 | 1 | 3",
                "FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=6 | 'auto' | 2 | 6",
                "FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=3 FCGI_MAX_CONNS=100 | 'auto' | 1 | 3",
                "FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=10 | 2 | 1 | 2",
                "FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=999999 | 'auto' | 1 | 24",
                "FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=many | 'auto' | 1 | 16",
                "FCGI_MPXS_CONNS=1 | 'auto' | 1 | 16",
                "FCGI_MPXS_CONNS=1 | 5 | 1 | 5",
                "FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=10 | 1 | 1 | 1",
                "FCGI_MPXS_CONNS=0 FCGI_MAX_REQS=10 | 'auto' | 1 | 1",
                "FCGI_MPXS_CONNS=0 FCGI_MAX_REQS=10 | 8 | 1 | 1",
                "FCGI_MAX_REQS=10 | 'auto' | 1 | 1",
            })
    void itGetsAsManyAtATimeAsItSaysAndNoMore(String says, String multiplex, int connections, int most)
            throws Exception {
        String settings = "workers.connections = " + connections + "\n" + ONE
                + (multiplex.equals("auto") ? "\"auto\"" : multiplex);
        try (MultiplexHouse house = MultiplexHouse.sideBySide(directory, "SAYS = \"" + says + "\"", settings)
                        .known(connections);
                RawFastCgi front = house.connect()) {
            Path hold = house.newHold();
            for (int id = 1; id <= 24; id++) {
                get(front, id, "hold", "key=h" + id + "&file=" + hold);
            }
            front.send();
            Poll.until(
                    most + " of them run, the others wait",
                    () -> house.queued() == 24 - most
                            && house.events().stream()
                                            .filter(event -> event.what().equals("begin")
                                                    && event.key().startsWith("h"))
                                            .count()
                                    == most);
            MultiplexHouse.release(hold);
            Set<String> keys = new HashSet<>();
            for (int id = 1; id <= 24; id++) {
                // Whoever came later has made the file again.
                Answer answer = answer(front, id, hold);
                keys.add(line(answer, "key"));
                assertThat(number(answer, "most")).isLessThanOrEqualTo(most);
            }
            assertThat(keys).hasSize(24);
        }
    }

    private static Answer answer(RawFastCgi front, int id, Path hold) throws Exception {
        Thread cleaner = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    Files.deleteIfExists(hold);
                } catch (java.io.IOException e) {
                    return;
                }
                Poll.pause();
            }
        });
        cleaner.start();
        try {
            return front.answer(id);
        } finally {
            cleaner.interrupt();
            cleaner.join();
        }
    }

    // ---- a worker that dies, one that hangs, a slow reader ----

    @Test
    void ofTheRequestsUnderWhichAWorkerDiesThoseRunAgainThatMay() throws Exception {
        try (MultiplexHouse house = four();
                RawFastCgi front = house.connect()) {
            Path once = directory.resolve("once");
            for (int id = 1; id <= 4; id++) {
                String query = "k=4&once=" + once + "&key=d" + id;
                if (id % 2 == 0) {
                    post(front, id, "die", query, "b");
                } else {
                    get(front, id, "die", query);
                }
            }
            front.send();
            assertThat(front.answer(1).body()).startsWith("key d1\n");
            assertThat(front.answer(3).body()).startsWith("key d3\n");
            for (int id : List.of(2, 4)) {
                assertThat(front.answer(id).text())
                        .startsWith("Status: 502")
                        .contains("X-Gatepool-Cause: worker-crashed");
                // The worker may die before it comes to the last of them.
                assertThat(house.count("begin", "d" + id)).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void oneThatHangsGoesOverItsOutputTimeoutThoughOthersAreAnswered() throws Exception {
        try (MultiplexHouse house = house("FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=4", AUTO + "\noutput_timeout = \"1s\"");
                RawFastCgi front = house.connect();
                RawFastCgi others = house.connect()) {
            Path hold = house.newHold();
            get(front, 1, "hold", "key=held&file=" + hold);
            front.send();
            MultiplexHouse.awaitHeld(hold);
            boolean[] over = new boolean[1];
            Thread asking = new Thread(() -> {
                while (!over[0] && others.request(1, true, "/sleep", "ms=20").protocolStatus() == 0) {
                    Poll.pause();
                }
            });
            asking.start();
            assertThat(front.answer(1).text()).startsWith("Status: 504").contains("X-Gatepool-Cause: output-timeout");
            over[0] = true;
            asking.join();
        }
    }

    @Test
    void aSlowReaderDoesNotMakeTheOthersTimeOut() throws Exception {
        try (MultiplexHouse house = house(
                        "FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=4",
                        AUTO + "\noutput_timeout = \"1s\"\nresponse_buffer = \"64KiB\"");
                RawFastCgi slow = house.connect();
                RawFastCgi front = house.connect()) {
            Path hold = house.newHold();
            Path flood = Files.createFile(house.newHold());
            post(front, 1, "hold", "key=held&file=" + hold, "b");
            front.send();
            MultiplexHouse.awaitHeld(hold);
            post(slow, 1, "flood", "n=8000000&key=flood&file=" + flood, "b");
            slow.send();
            house.await("begin", "flood");
            MultiplexHouse.release(flood);
            // The worker is in a write that nobody reads; the answer behind it is held up, for longer than the timeout.
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000_000L);
            MultiplexHouse.release(hold);
            assertThat(slow.answer(1).body()).hasSize(8_000_000 / 60_000 * 60_000);
            assertThat(front.answer(1).body()).startsWith("key held\n");
            assertThat(house.daemon().log()).doesNotContain("is replaced");
        }
    }
}
