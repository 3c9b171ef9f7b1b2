package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** gatepool-attach by itself, started with a listening socket as mod_fcgid does it. */
class AttachIT {

    private static final String ATTACH =
            Daemon.REPOSITORY.resolve("target/gatepool/bin/gatepool-attach").toString();

    private final Path directory;

    AttachIT(@TempDir Path directory) throws IOException {
        this.directory = directory.toRealPath();
    }

    @BeforeAll
    static void needed() {
        Needs.program("python3", "python3");
        Needs.program("perl", "perl-base");
    }

    private Daemon serve() throws Exception {
        return Daemon.serve(directory, """
                [app.counter]
                kind = "fastcgi"
                command = ["%s/fastcgi/counter.py"]
                listen = "attach:unix:%s"
                workers.max = 1
                """.formatted(Daemon.REPOSITORY.resolve("examples/apps"), offered()));
    }

    /** Where gatepool takes sockets. */
    private Path offered() {
        return directory.resolve("attach.sock");
    }

    /** The one that is handed over. */
    private Path socket() {
        return directory.resolve("manager.sock");
    }

    private Running attach(String... options) throws Exception {
        String manager = """
                import os, socket, sys
                s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1] + ".new"); s.listen(9); os.dup2(s.fileno(), 0)
                os.rename(sys.argv[1] + ".new", sys.argv[1])
                os.execv(sys.argv[2], sys.argv[2:])
                """;
        List<String> command = new ArrayList<>(List.of("/usr/bin/python3", "-c", manager, socket().toString(), ATTACH));
        command.addAll(List.of(options));
        return Running.start(directory, Map.of(), command.toArray(String[]::new));
    }

    private RawFastCgi.Answer ask() throws Exception {
        Poll.until("the socket is there", () -> Files.exists(socket()));
        try (RawFastCgi connection = RawFastCgi.unix(socket())) {
            return connection.request(1, false, "/", "plain");
        }
    }

    @Test
    void theSocketIsGatepoolsUntilTheProcessEnds() throws Exception {
        try (Daemon daemon = serve();
                Running attach = attach("--socket=" + offered())) {
            assertThat(ask().body()).contains("pid " + daemon.workers("counter").get(0));
            assertThat(ask().body()).contains("count 2");
            attach.close();
            // Nobody has it open any more.
            Poll.until("connections are refused", () -> {
                try (RawFastCgi connection = RawFastCgi.unix(socket())) {
                    return false;
                } catch (Exception refused) {
                    return true;
                }
            });
        }
    }

    @Test
    void whenGatepoolStopsForGoodItExitsAndSaysWhy() throws Exception {
        try (Running attach = startedAndStopped()) {
            assertThat(attach.awaitExit()).isEqualTo(1);
            assertThat(attach.output())
                    .contains("gatepool-attach: gatepool has gone, and did not come back within 0 s");
        }
    }

    private Running startedAndStopped() throws Exception {
        try (Daemon daemon = serve()) {
            Running attach = attach("--socket=" + offered(), "--wait=0");
            assertThat(ask().body()).contains("pid " + daemon.workers("counter").get(0));
            daemon.stop();
            return attach;
        }
    }

    @Test
    void aRestartedGatepoolGetsTheSocketOnceMore() throws Exception {
        try (Running attach = attach("--socket=" + offered(), "--wait=60")) {
            for (int restart = 0; restart < 2; restart++) {
                try (Daemon daemon = serve()) {
                    Poll.until("the new one answers", () -> answers(daemon));
                    assertThat(attach.hasEnded()).isFalse();
                }
            }
        }
    }

    private boolean answers(Daemon daemon) {
        try {
            return ask().body().contains("pid " + daemon.workers("counter").get(0));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void withoutAGatepoolRequestsGet503AndItExitsLater() throws Exception {
        try (Running attach = attach("--socket=" + offered(), "--wait=2")) {
            assertThat(ask().text()).startsWith("Status: 503 ").contains("Retry-After: 5");
            assertThat(attach.awaitExit()).isEqualTo(1);
            assertThat(attach.output()).contains("attach.sock: No such file or directory; until gatepool runs there");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "s.listen(); give(s)                                | attached",
                "give(s)                                            | refused: the socket does not listen",
                "give(open('/dev/null'))                            | refused: it is no socket",
                "t = socket.create_server(('', 0)); give(t)         | refused: it is no Unix stream socket",
                "s.listen(); give(s); c.recv(99); c.send(b'x')      | refused: nothing is to be said after the socket",
                "c.shutdown(socket.SHUT_WR)                         | \"\"",
            })
    void onlyAListeningUnixSocketIsTaken(String sending, String answer) throws Exception {
        try (Daemon daemon = serve()) {
            String program = """
                    import socket
                    s = socket.socket(socket.AF_UNIX); s.bind("own.sock")
                    c = socket.socket(socket.AF_UNIX); c.connect("attach.sock"); c.settimeout(20)
                    give = lambda file: socket.send_fds(c, [b"F"], [file.fileno()])
                    %s
                    print("<" + c.recv(200).decode().strip() + ">")
                    """.formatted(sending);
            assertThat(Programs.run(directory, "/usr/bin/python3", "-c", program)
                            .trim())
                    .isEqualTo("<" + answer + ">");
            try (Running attach = attach("--socket=" + offered())) {
                assertThat(ask().body())
                        .contains("pid " + daemon.workers("counter").get(0));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'',              'standard input is not a listening socket. mod_fcgid starts it with one'",
        "--sockt=/x,      'there is no option --sockt=/x; --help shows those there are'",
        "--socket,        '--socket needs a value: --socket=FILE'",
        "--socket=x.sock, 'write the whole path'",
        "--wait=soon,     'write a number of seconds, such as 5'",
        "/run/x.sock,     'write --socket=/run/x.sock'",
    })
    void aMistakeIsNamedWithItsRemedy(String option, String says) throws Exception {
        String[] command = option.isEmpty() ? new String[] {ATTACH} : new String[] {ATTACH, option};
        try (Running attach = Running.start(directory, Map.of(), command)) {
            assertThat(attach.awaitExit()).isEqualTo(64);
            assertThat(attach.output()).startsWith("gatepool-attach: ").contains(says);
        }
    }

    @Test
    void helpTellsWhatItIsFor() throws Exception {
        assertThat(Programs.run(directory, ATTACH, "--help"))
                .startsWith("Usage: gatepool-attach")
                .contains("--wait=");
    }

    @Test
    void itNeedsNothingButPerlBase() throws Exception {
        assertThat(Files.readString(Path.of(ATTACH)).lines())
                .filteredOn(line -> line.matches("\\s*(use|require) .*"))
                .containsExactly("use strict;");
    }
}
