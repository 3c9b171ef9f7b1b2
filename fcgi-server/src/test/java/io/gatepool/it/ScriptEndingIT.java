package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How scripts end: by themselves, because nobody wants their answer any more, and with what they leave behind. */
class ScriptEndingIT {

    private static ScriptHouse house;
    private static int number;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new ScriptHouse(
                directory,
                "",
                Map.of(
                        "kill", "stop_timeout = \"200ms\"\nmax_running = 4",
                        "report", "stray_children = \"report\"",
                        "leave", "stray_children = \"leave\"",
                        "stream", "request_buffering = \"off\"\nstop_timeout = \"200ms\"",
                        "one", "max_running = 1\nstop_timeout = \"200ms\"\nrequest_timeout = \"30s\""));
    }

    @AfterAll
    static void stop() throws Exception {
        house.close();
    }

    /** A name for a script and its files that no other test has. */
    private static synchronized String name() {
        return "s" + ++number;
    }

    // ---- the client has gone ----

    /** How a client may leave. */
    enum Leaving {
        HTTP_CLOSE,
        HTTP_RESET,
        FASTCGI_CLOSE,
        FASTCGI_RESET,
        FASTCGI_ABORT,
        UNIX_CLOSE,
        UNIX_ABORT
    }

    private static final class Client implements AutoCloseable {
        private final Leaving leaving;
        private final RawSocket socket;
        private final RawFastCgi fastcgi;

        /** Sends a request; with a length, {@code body} is only the begin of it. */
        Client(Leaving leaving, String app, String script, int length, String body) throws Exception {
            this.leaving = leaving;
            boolean http = leaving.name().startsWith("HTTP");
            this.socket = http
                    ? RawSocket.tcp(house.http(app))
                    : leaving.name().startsWith("UNIX")
                            ? RawSocket.unix(house.socket(app))
                            : RawSocket.tcp(house.fastcgi(app));
            this.fastcgi = new RawFastCgi(socket);
            if (http) {
                String announced = length > 0 ? "Content-Length: " + length + "\r\n" : "";
                socket.send(("POST /" + script + " HTTP/1.1\r\nHost: test\r\n" + announced + "\r\n" + body)
                        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            } else {
                fastcgi.begin(1)
                        .params(1, RawFastCgi.post("/" + script, length > 0 ? Integer.toString(length) : ""))
                        .stdin(1, body);
                if (body.length() == length) {
                    fastcgi.endStdin(1);
                }
                fastcgi.send();
            }
        }

        void leave() {
            if (leaving.name().endsWith("RESET")) {
                socket.resetOnClose();
            }
            if (leaving.name().endsWith("ABORT")) {
                fastcgi.abort(1).send();
                assertThat(fastcgi.answer(1).protocolStatus()).isZero();
            } else {
                socket.close();
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Leaving.class)
    void aScriptWhoseClientHasLeftGetsATermWithItsGroup(Leaving leaving) throws Exception {
        String s = name();
        house.script(
                s,
                "trap 'echo > $D/" + s + "-term; exit' TERM",
                "sleep 600 &",
                "echo $! > $D/" + s + ".group",
                "echo $$ > $D/" + s + ".pid",
                "while :; do wait; done");
        try (Client client = new Client(leaving, "kill", s, 0, "")) {
            int script = house.pid(s + ".pid");
            int child = house.pid(s + ".group");
            client.leave();
            ScriptHouse.awaitEnd(script);
            ScriptHouse.awaitEnd(child);
            assertThat(house.file(s + "-term")).exists();
        }
    }

    @Test
    void oneThatIgnoresTermIsKilledAfterStopTimeout() throws Exception {
        String s = name();
        house.script(s, "trap '' TERM", "echo $$ > $D/" + s + ".pid", "while :; do sleep 600; done");
        try (Client client = new Client(Leaving.HTTP_CLOSE, "kill", s, 0, "")) {
            int script = house.pid(s + ".pid");
            client.leave();
            ScriptHouse.awaitEnd(script);
            house.daemon().running().await(s + " \\(" + script + "\\) r\\w+ did not end on SIGTERM, killed");
        }
    }

    @ParameterizedTest
    @EnumSource(Leaving.class)
    void aScriptThatReadsABodyCutShortNeverSeesItsEnd(Leaving leaving) throws Exception {
        String s = name();
        // It outlives the TERM for a while, and would find the end of the input if there were one.
        house.script(
                s,
                "trap 'echo > $D/" + s + "-term' TERM",
                "echo $$ > $D/" + s + ".pid",
                "while read line; do echo $line > $D/" + s + "-line; done",
                "[ -e $D/" + s + "-term ] && while read line; do :; done",
                "echo > $D/" + s + "-end");
        try (Client client = new Client(leaving, "stream", s, 1000, "begun\n")) {
            int script = house.pid(s + ".pid");
            Poll.until("the first line was read", () -> Files.exists(house.file(s + "-line")));
            client.leave();
            ScriptHouse.awaitEnd(script);
            assertThat(house.file(s + "-end")).doesNotExist();
        }
    }

    /**
     * Its connection is not being read then. A close is seen all the same unless the kernel holds it back, behind bytes
     * that do not fit our socket; an ABORT_REQUEST would wait.
     */
    @ParameterizedTest
    @EnumSource(
            value = Leaving.class,
            names = {"FASTCGI_ABORT", "UNIX_ABORT"},
            mode = EnumSource.Mode.EXCLUDE)
    void aScriptThatDoesNotReadItsBodyIsEndedToo(Leaving leaving) throws Exception {
        String s = name();
        house.script(s, "echo $$ > $D/" + s + ".pid", "while :; do sleep 600; done");
        // Pipe and daemon take 128 KiB at the least, so 39 KiB are left for a socket, whose first window has 64.
        try (Client client = new Client(leaving, "stream", s, 1 << 20, "x".repeat(170_000))) {
            int script = house.pid(s + ".pid");
            client.leave();
            ScriptHouse.awaitEnd(script);
        }
    }

    @Test
    void oneThatReadsOnAfterTheTermSeesNoEndEither() throws Exception {
        String s = name();
        house.script(
                s,
                "trap 'T=1' TERM",
                "echo $$ > $D/" + s + ".pid",
                "while [ -z \"$T\" ]; do sleep 0.01; done",
                "cat >/dev/null",
                "echo > $D/" + s + "-end");
        try (Client client = new Client(Leaving.HTTP_RESET, "stream", s, 1 << 20, "x".repeat(240_000))) {
            int script = house.pid(s + ".pid");
            client.leave();
            ScriptHouse.awaitEnd(script);
            assertThat(house.file(s + "-end")).doesNotExist();
        }
    }

    @Test
    void aScriptThatReadsASpooledBodyIsEndedToo() throws Exception {
        String s = name();
        house.script(s, "echo $$ > $D/" + s + ".pid", "read line", "while :; do sleep 600; done");
        String body = "x".repeat(300_000);
        try (Client client = new Client(Leaving.HTTP_RESET, "kill", s, body.length(), body)) {
            int script = house.pid(s + ".pid");
            client.leave();
            ScriptHouse.awaitEnd(script);
        }
    }

    /** Many at once leave in the moment when their scripts are being started: wherever that meets them, none stays. */
    @ParameterizedTest
    @EnumSource(names = {"HTTP_RESET", "FASTCGI_CLOSE", "UNIX_ABORT"})
    void clientsThatLeaveWhileTheirScriptsAreStartedLeaveNone(Leaving leaving) throws Exception {
        String s = name();
        house.script(s, "while :; do sleep 600; done");
        for (int round = 0; round < 60; round++) {
            Client client = new Client(leaving, "kill", s, 0, "");
            for (int spin = 0; spin < round * 2000; spin++) {
                Thread.onSpinWait();
            }
            client.leave();
            client.close();
        }
        Poll.until("no script is left", () -> processesWith(s) == 0);
    }

    @Test
    void afterAClientHasLeftThereIsRoomForTheNext() throws Exception {
        String s = name();
        String t = name();
        house.script(s, "echo $$ > $D/" + s + ".pid", "sleep 600");
        house.script(t, "printf 'Content-Type: text/plain\\n\\nhello'");
        try (Client client = new Client(Leaving.HTTP_CLOSE, "one", s, 0, "")) {
            house.pid(s + ".pid");
            client.leave();
        }
        assertThat(Call.get(house.http("one"), "/" + t).body()).isEqualTo("hello");
    }

    // ---- what is left behind ----

    /** Ways in which a script may leave a process behind that writes its pid into {@code $F}. */
    static Stream<Arguments> leavings() {
        String daemon = "'echo $$ > \"$0\"; exec sleep 600'";
        return Stream.of(
                Arguments.of("in its group", "sh -c " + daemon + " $F >/dev/null 2>&1 &"),
                Arguments.of("in a session of its own", "setsid sh -c " + daemon + " $F >/dev/null 2>&1 &"),
                Arguments.of("forked twice", "(setsid sh -c " + daemon + " $F >/dev/null 2>&1 &)"),
                Arguments.of(
                        "below one that waits",
                        "setsid sh -c 'sh -c \"echo \\$\\$ > $0; exec sleep 600\"; :' $F >/dev/null 2>&1 &"),
                Arguments.of("with the output open", "(setsid sh -c " + daemon + " $F &)"));
    }

    private static String scriptThatLeaves(String how) throws Exception {
        String s = name();
        house.script(
                s,
                "F=$D/" + s + ".left",
                how,
                "while [ ! -s $F ]; do sleep 0.01; done",
                "printf 'Content-Type: text/plain\\n\\nanswered'");
        return s;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("leavings")
    void whatAScriptLeavesBehindIsKilled(String name, String how) throws Exception {
        String s = scriptThatLeaves(how);
        assertThat(Call.get(house.http("kill"), "/" + s).body()).isEqualTo("answered");
        ScriptHouse.awaitEnd(house.pid(s + ".left"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("leavings")
    void whatAScriptLeavesBehindIsReported(String name, String how) throws Exception {
        String s = scriptThatLeaves(how);
        int from = house.daemon().log().length();
        assertThat(Call.get(house.http("report"), "/" + s).body()).isEqualTo("answered");
        house.daemon().await("WARN +report: r\\w+ left (sh|sleep) \\(\\d+\\) behind", from);
        int left = house.pid(s + ".left");
        assertThat(Daemon.isAlive(left)).isTrue();
        Daemon.signal(left, "KILL");
    }

    @Test
    void whatIsReportedIsReportedOnce() throws Exception {
        String s = scriptThatLeaves("(setsid sh -c 'echo $$ > \"$0\"; exec sleep 600' $F >/dev/null 2>&1 &)");
        int from = house.daemon().log().length();
        Call.get(house.http("report"), "/" + s);
        int first = house.pid(s + ".left");
        house.daemon().await("left \\w+ \\(" + first + "\\) behind", from);
        Files.delete(house.file(s + ".left"));
        Call.get(house.http("report"), "/" + s);
        int second = house.pid(s + ".left");
        house.daemon().await("left \\w+ \\(" + second + "\\) behind", from);
        assertThat(house.daemon().log().substring(from)).containsOnlyOnce("(" + first + ") behind");
        Daemon.signal(first, "KILL");
        Daemon.signal(second, "KILL");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("leavings")
    void whatAScriptLeavesBehindIsLeftAlone(String name, String how) throws Exception {
        String s = scriptThatLeaves(how);
        String t = scriptThatLeaves("setsid sh -c 'echo $$ > \"$0\"; exec sleep 600' $F >/dev/null 2>&1 &");
        assertThat(Call.get(house.http("leave"), "/" + s).body()).isEqualTo("answered");
        int left = house.pid(s + ".left");
        // Somebody has looked since.
        assertThat(Call.get(house.http("kill"), "/" + t).body()).isEqualTo("answered");
        ScriptHouse.awaitEnd(house.pid(t + ".left"));
        assertThat(Daemon.isAlive(left)).isTrue();
        assertThat(house.daemon().log()).doesNotContain("(" + left + ") behind");
        Daemon.signal(left, "KILL");
    }

    /** It cannot be told from a stranger's; see Strays. */
    @Test
    void withoutTheMarkAProcessIsToldAndLeftAlone() throws Exception {
        String s = scriptThatLeaves("(env -i setsid sh -c 'echo $$ > \"$0\"; exec sleep 600' $F >/dev/null 2>&1 &)");
        assertThat(Call.get(house.http("kill"), "/" + s).body()).isEqualTo("answered");
        int left = house.pid(s + ".left");
        house.daemon().running().await("\\(" + left + "\\) came home without gatepool's mark");
        assertThat(Daemon.isAlive(left)).isTrue();
        Daemon.signal(left, "KILL");
    }

    @Test
    void aDaemonOfAScriptThatStillRunsIsNoStray() throws Exception {
        String s = name();
        house.script(
                s,
                "(setsid sh -c 'echo $$ > \"$0\"; exec sleep 600' $D/" + s + ".left >/dev/null 2>&1 &)",
                "while [ ! -e $D/" + s + "-go ]; do sleep 0.01; done",
                "printf 'Content-Type: text/plain\\n\\nanswered'");
        String t = scriptThatLeaves("setsid sh -c 'echo $$ > \"$0\"; exec sleep 600' $F >/dev/null 2>&1 &");
        try (Call call = Call.send(house.http("kill"), "GET", "/" + s, "")) {
            int daemon = house.pid(s + ".left");
            Call.get(house.http("kill"), "/" + t);
            ScriptHouse.awaitEnd(house.pid(t + ".left"));
            assertThat(Daemon.isAlive(daemon)).isTrue();
            Files.writeString(house.file(s + "-go"), "");
            assertThat(call.answer().body()).isEqualTo("answered");
            ScriptHouse.awaitEnd(daemon);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"report", "leave"})
    void aStrayThatKeepsTheOutputOpenDoesNotHoldTheAnswer(String app) throws Exception {
        String s = scriptThatLeaves("sh -c 'echo $$ > \"$0\"; exec sleep 600' $F &");
        Call.Answer answer = Call.get(house.http(app), "/" + s);
        assertThat(answer.body()).isEqualTo("answered");
        assertThat(answer.complete()).isTrue();
        Daemon.signal(house.pid(s + ".left"), "KILL");
    }

    // ---- how it ended ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 42, 255})
    void theExitStatusIsInTheAccessLogAndTheAppStatus(int code) throws Exception {
        String s = name();
        house.script(s, "printf 'Content-Type: text/plain\\n\\nanswered'", "exit " + code);
        try (RawFastCgi client = house.unix("kill")) {
            client.begin(1).params(1, RawFastCgi.get("/" + s, "")).endStdin(1).send();
            assertThat(client.answer(1).text()).endsWith("\n\nanswered");
            assertThat(client.lastAppStatus()).isEqualTo(code);
        }
        Poll.until("an entry", () -> entry(s).endsWith(" exit=" + code));
    }

    @Test
    void aDeadlySignalWithoutAnAnswerIsInTheAccessLogAndTheAppStatus() throws Exception {
        String s = name();
        house.script(s, "kill -9 $$");
        try (RawFastCgi client = house.unix("kill")) {
            client.begin(1).params(1, RawFastCgi.get("/" + s, "")).endStdin(1).send();
            assertThat(client.answer(1).text()).startsWith("Status: 502");
            assertThat(client.lastAppStatus()).isEqualTo(128 + 9);
        }
        Poll.until("an entry", () -> entry(s).contains(" signal=SIGKILL cause="));
    }

    /** The last line of the access log that tells of the script. */
    private static String entry(String script) {
        return house.accessLog()
                .lines()
                .filter(line -> line.contains("/" + script + " "))
                .reduce("", (before, line) -> line);
    }

    /** How many processes have {@code word} in their command line. */
    private static long processesWith(String word) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").endsWith("/cgi/" + word))
                .count();
    }
}
