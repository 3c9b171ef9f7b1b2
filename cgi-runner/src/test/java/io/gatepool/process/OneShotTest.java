package io.gatepool.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneShotTest {

    private static final OneShot COMMANDS = new OneShot(Processes.SPAWNER);
    private static final Duration LONG = Duration.ofSeconds(60);

    private static Command command(String... words) {
        return Command.plain(
                Command.bytes(List.of(words)),
                Command.bytes(List.of("PATH=/usr/bin:/bin", "GREETING=hello")),
                "/tmp".getBytes(StandardCharsets.UTF_8),
                027,
                true,
                true);
    }

    private static OneShot.Result run(Duration timeout, String... words) throws Exception {
        return COMMANDS.run(command(words), timeout).get(30, TimeUnit.SECONDS);
    }

    private static OneShot.Result sh(String script) throws Exception {
        return run(LONG, "/bin/sh", "-c", script);
    }

    @Test
    void aCommandThatExitsWithZeroHasSucceeded() throws Exception {
        OneShot.Result result = sh("exit 0");
        assertThat(result.isSuccess()).isTrue();
        assertThat(result.status()).contains(new ExitStatus(0, 0, false));
        assertThat(result.refusal()).isEmpty();
        assertThat(result.timedOut()).isFalse();
    }

    @Test
    void theStateIsThatOfTheCommand() throws Exception {
        OneShot.Result result = sh("pwd; umask; echo $GREETING; wc -c; [ -e /proc/$$/fd/3 ] || echo no more");
        assertThat(result.output()).isEqualTo("/tmp\n0027\nhello\n0\nno more\n");
    }

    @Test
    void wordsArriveAsTheyAre() throws Exception {
        assertThat(run(LONG, "/usr/bin/printf", "%s|", "a b", "", "'q'", "\"q\"", "$x")
                        .output())
                .isEqualTo("a b||'q'|\"q\"|$x|");
    }

    @Test
    void aFailureIsItsStatusAndWhatItSaidToEitherOutput() throws Exception {
        OneShot.Result result = sh("echo one; echo two >&2; echo; echo three; exit 42");
        assertThat(result.isSuccess()).isFalse();
        assertThat(result.status()).contains(new ExitStatus(42, 0, false));
        assertThat(result.lastLines(2)).containsExactly("two", "three");
        assertThat(result.lastLines(9)).containsExactly("one", "two", "three");
    }

    @Test
    void aDeadlySignalIsNoTimeout() throws Exception {
        OneShot.Result result = sh("kill -KILL $$");
        assertThat(result.status()).contains(new ExitStatus(-1, Signals.KILL, false));
        assertThat(result.timedOut()).isFalse();
    }

    @Test
    void whoTakesTooLongIsKilledWithItsGroup(@TempDir Path directory) throws Exception {
        OneShot.Result result = run(
                Duration.ofMillis(500),
                "/bin/sh",
                "-c",
                "sleep 600 & trap '' TERM; echo $! $$; echo waiting >&2; while :; do sleep 600; done");
        assertThat(result.timedOut()).isTrue();
        assertThat(result.isSuccess()).isFalse();
        assertThat(result.status()).contains(new ExitStatus(-1, Signals.KILL, false));
        assertThat(result.lastLines(1)).containsExactly("waiting");
        awaitGone(result.lastLines(2).get(0).split(" "));
    }

    /** Everybody in the group was killed before the leader was reaped; orphans still have to be reaped. */
    private static void awaitGone(String... pids) {
        for (String pid : pids) {
            while (Files.exists(Path.of("/proc", pid))) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void whatItLeavesBehindDiesWithItEvenWhenItSucceeds() throws Exception {
        OneShot.Result result = sh("sleep 600 & echo $!");
        assertThat(result.isSuccess()).isTrue();
        awaitGone(result.output().strip());
    }

    @Test
    void whoHoldsItsOutputOpenInASessionOfItsOwnHoldsNobodyUp(@TempDir Path directory) throws Exception {
        Path pid = directory.resolve("pid");
        OneShot.Result result =
                sh("setsid sh -c 'echo $$ > " + pid + "; exec sleep 600' & while [ ! -s " + pid + " ]; do :; done");
        assertThat(result.isSuccess()).isTrue();
        run(LONG, "/bin/kill", "-KILL", Files.readString(pid).strip());
        awaitGone(Files.readString(pid).strip());
    }

    @Test
    void whoWritesOnInASessionOfItsOwnHoldsNobodyUp(@TempDir Path directory) throws Exception {
        Path pid = directory.resolve("pid");
        OneShot.Result result = sh("setsid sh -c 'echo $$ > " + pid + "; exec yes' & while [ ! -s " + pid
                + " ]; do :; done; while grep -qE '^wchar: .{0,5}$' /proc/$(cat " + pid + ")/io; do :; done; exit 3");
        assertThat(result.status()).contains(new ExitStatus(3, 0, false));
        assertThat(result.cut()).isTrue();
        awaitGone(Files.readString(pid).strip());
    }

    @Test
    void ofALongOutputTheEndIsKept() throws Exception {
        OneShot.Result result = sh("seq 1 200000; echo done");
        assertThat(result.cut()).isTrue();
        assertThat(result.output()).endsWith("199999\n200000\ndone\n").hasSizeLessThanOrEqualTo(OneShot.OUTPUT_LIMIT);
        assertThat(result.output()).as("a whole line").startsWith("199");
        assertThat(sh("echo short").cut()).isFalse();
    }

    @Test
    void aMissingProgramIsRefusedWithItsReason() throws Exception {
        OneShot.Result result = run(LONG, "/no/such/program");
        assertThat(result.status()).isEmpty();
        assertThat(result.isSuccess()).isFalse();
        assertThat(result.refusal()).isEqualTo("ENOENT (no such file or directory)");
    }

    @Test
    void aCommandThatIsTooLongIsRefusedWithTheLimit() throws Exception {
        assertThat(run(LONG, "/bin/true", "x".repeat(2 << 20)).refusal()).contains("limit of 1048576");
    }

    @Test
    void manyCommandsRunAFewAtATimeAndNoneIsMixedUp() throws Exception {
        List<CompletableFuture<OneShot.Result>> results = new ArrayList<>();
        for (int number = 0; number < 100; number++) {
            results.add(COMMANDS.run(command("/bin/sh", "-c", "echo I am " + number + "; exit " + number % 50), LONG));
        }
        for (int number = 0; number < 100; number++) {
            OneShot.Result result = results.get(number).get(60, TimeUnit.SECONDS);
            assertThat(result.output()).isEqualTo("I am " + number + "\n");
            assertThat(result.status()).contains(new ExitStatus(number % 50, 0, false));
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("oneshot-") && thread.isAlive())
                .as("its own threads and their watchdogs")
                .hasSizeLessThanOrEqualTo(16);
    }

    @Test
    void noDescriptorIsLeftOpen() throws Exception {
        sh("exit 0");
        run(LONG, "/no/such/program");
        int before = pipes();
        for (int round = 0; round < 20; round++) {
            sh("exit 0");
            run(LONG, "/no/such/program");
            run(Duration.ofMillis(1), "/bin/sleep", "600");
        }
        assertThat(pipes()).isEqualTo(before);
    }

    private static int pipes() throws Exception {
        int pipes = 0;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                pipes += Files.isSymbolicLink(descriptor)
                                && Files.readSymbolicLink(descriptor).toString().startsWith("pipe:")
                        ? 1
                        : 0;
            }
        }
        return pipes;
    }

    /** In a JVM of its own, of a user whom nobody else is, and who may have no further process. */
    @Test
    void aSystemWithoutAProcessToGiveRefusesAndIsNoFault() throws Exception {
        assumeTrue(User.current().isRoot(), "only root can switch the user");
        List<String> words = new ArrayList<>(List.of(
                "/usr/bin/setpriv",
                "--reuid=54321",
                "--clear-groups",
                "--inh-caps=+dac_read_search",
                "--ambient-caps=+dac_read_search",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                // It says on stdout that it has no thread to give.
                "-Xlog:disable",
                "-Djnr.ffi.asm.enabled=false",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                NoMoreProcesses.class.getName()));
        Processes.Result result = Processes.run(words.toArray(String[]::new));
        assertThat(result.output()).isEqualTo("""
                before: true
                at the limit: EAGAIN (no more processes allowed, see ulimit -u and TasksMax)
                afterwards: true
                """);
    }
}
