package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The state in which a script starts, how many run at a time, and what is left of them. */
class CgiProcessIT {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    private static final String PLAIN = "printf 'Content-Type: text/plain\\n\\n'";

    @Test
    void aScriptStartsWithACleanState() throws Exception {
        try (ScriptHouse house = new ScriptHouse(directory, "", Map.of("cgi", "umask = \"027\""))) {
            house.script(
                    "state.sh",
                    PLAIN,
                    "grep -E '^(SigBlk|SigIgn|Umask)' /proc/$$/status | tr -s '\\t ' ' '",
                    "echo cwd: $(readlink /proc/$$/cwd)",
                    "echo pid: $$ session: $(cut -d' ' -f6 /proc/$$/stat) group: $(cut -d' ' -f5 /proc/$$/stat)",
                    "echo out: $(readlink /proc/$$/fd/1)");
            String state = Call.get(house.http("cgi"), "/state.sh").body();
            String pid = state.replaceFirst("(?s).*pid: (\\d+).*", "$1");
            assertThat(state)
                    .contains("SigBlk: 0000000000000000\n")
                    // 32 and 33 are glibc's own; posix_spawn ignores them in every child.
                    .containsPattern("SigIgn: 0000000180000000\n|SigIgn: 0000000000000000\n")
                    .contains("Umask: 0027\n")
                    .contains("cwd: " + directory.toRealPath() + "/cgi\n")
                    .containsPattern("pid: " + pid + " session: [0-9]+ group: " + pid + "\n")
                    .containsPattern("out: pipe:");
        }
    }

    @Test
    void noScriptGetsHoldOfATerminal() throws Exception {
        Path script = directory.resolve("terminal.sh");
        Files.writeString(script, """
                #!/bin/sh
                echo Content-Type: text/plain; echo
                echo pid: $$ session: $(cut -d' ' -f6 /proc/$$/stat)
                (: < /dev/tty) 2> /dev/null && echo a terminal || echo no terminal
                """);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        String command = Daemon.LAUNCHER + " cgi-run -o printed " + script;
        // A terminal of its own; what is typed there comes from /dev/null.
        Programs.run(directory, "/usr/bin/script", "-qec", command, "/dev/null");
        String printed = Files.readString(directory.resolve("printed"));
        String pid = printed.replaceFirst("(?s).*pid: (\\d+).*", "$1");
        assertThat(printed).isEqualTo("pid: " + pid + " session: " + pid + "\nno terminal\n");
    }

    @Test
    void onlyTheStandardDescriptorsAreOpen() throws Exception {
        try (ScriptHouse house = new ScriptHouse(directory, "", Map.of("cgi", ""))) {
            house.program("descriptors.py", """
                    #!/usr/bin/python3 -IS
                    import os
                    def is_open(number):
                        try:
                            os.fstat(number)
                            return True
                        except OSError:
                            return False
                    print("Content-Type: text/plain\\n")
                    print([number for number in range(4096) if is_open(number)])
                    """);
            assertThat(Call.get(house.http("cgi"), "/descriptors.py").body()).isEqualTo("[0, 1, 2]\n");
        }
    }

    @Test
    void itMayWriteToDevStdout() throws Exception {
        try (ScriptHouse house = new ScriptHouse(directory, "", Map.of("cgi", ""))) {
            house.script("stdout.sh", PLAIN, "echo through the device > /dev/stdout");
            assertThat(Call.get(house.http("cgi"), "/stdout.sh").body()).isEqualTo("through the device\n");
        }
    }

    @Test
    void oneThatDoesNotReadItsBodyIsAnsweredAllTheSame() throws Exception {
        try (ScriptHouse house = new ScriptHouse(directory, "", Map.of("cgi", ""))) {
            house.script("deaf.sh", PLAIN, "exec 0<&-", "echo did not read");
            Call.Answer answer = Call.post(house.http("cgi"), "/deaf.sh", "x".repeat(3_000_000));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("did not read\n");
        }
    }

    @Test
    void notMoreRunThanMayAndTheOthersWaitOrAreTurnedAway() throws Exception {
        String limits = "max_running = 2\nqueue.size = 1";
        try (ScriptHouse house = new ScriptHouse(directory, "", Map.of("cgi", limits))) {
            house.script(
                    "wait.sh", "echo $$ >> $D/running", "while [ ! -e $D/go ]; do sleep 0.01; done", PLAIN, "echo $$");
            List<Call> calls = new ArrayList<>();
            for (int call = 0; call < 3; call++) {
                calls.add(Call.send(house.http("cgi"), "GET", "/wait.sh", ""));
                int running = Math.min(call + 1, 2);
                Poll.until("running: " + running, () -> lines(house.file("running")) == running);
            }
            Poll.until("one waits", () -> isTurnedAway(house));
            assertThat(lines(house.file("running"))).isEqualTo(2);
            Files.createFile(house.file("go"));
            for (Call call : calls) {
                assertThat(call.answer().status()).isEqualTo(200);
            }
        }
    }

    /** A fourth request: while the third is still on its way, it takes its place in the queue, and is given up. */
    private static boolean isTurnedAway(ScriptHouse house) {
        try (Call call = Call.send(house.http("cgi"), "GET", "/no-such-script.sh", "")) {
            call.awaitFirstByte();
            Call.Answer answer = call.answer();
            return answer.status() == 503
                    && answer.cause().equals("queue-full")
                    && !answer.header("Retry-After").isEmpty();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.exists(file) ? Files.lines(file) : Stream.empty()) {
            return lines.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"waitid", "sigchld"})
    void twoHundredAtOnceLeaveNothing(String reaper) throws Exception {
        String server = "reaper = \"" + reaper + "\"\n";
        try (ScriptHouse house = new ScriptHouse(directory, server, Map.of("cgi", "max_running = 200"))) {
            house.script("meet.sh", "echo $$ >> $D/here", "read -r go <> $D/gate", PLAIN, "echo $$");
            Programs.run(directory, "/usr/bin/mkfifo", "gate");
            Call.get(house.http("cgi"), "/no-such-script.sh");
            int pid = house.daemon().pid();
            int before = descriptors(pid);
            List<Call> calls = new ArrayList<>();
            for (int call = 0; call < 200; call++) {
                calls.add(Call.send(house.http("cgi"), "GET", "/meet.sh", ""));
            }
            Poll.until("all run", () -> lines(house.file("here")) == 200);
            List<String> pids = new ArrayList<>();
            // Held open to the end: what lies in a pipe that nobody has open is gone.
            try (OutputStream gate = Files.newOutputStream(house.file("gate"))) {
                gate.write("\n".repeat(200).getBytes(StandardCharsets.US_ASCII));
                for (Call call : calls) {
                    pids.add(call.answer().body());
                    call.close();
                }
            }
            assertThat(pids).doesNotHaveDuplicates().hasSize(200).allMatch(one -> one.matches("\\d+\n"));
            Poll.until("no child is left, zombies included", () -> children(pid).isEmpty());
            Poll.until("as many descriptors as before", () -> descriptors(pid) <= before);
        }
    }

    private static String children(int pid) {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            StringBuilder all = new StringBuilder();
            for (Path task : (Iterable<Path>) tasks::iterator) {
                all.append(Files.readString(task.resolve("children")).strip());
            }
            return all.toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int descriptors(int pid) {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return (int) all.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
