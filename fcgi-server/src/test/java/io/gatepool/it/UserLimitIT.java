package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user that has all the processes he may have (limits.processes): only the exec behind the switch of users fails. */
class UserLimitIT {

    @Test
    void aScriptOfAUserWithAllHisProcessesWaitsUntilOneHasEnded(@TempDir Path directory) throws Exception {
        Needs.root();
        Map<String, String> app = Map.of("games", "user = \"games\"\nlimits = { processes = 1 }");
        try (ScriptHouse house = new ScriptHouse(directory, "", app)) {
            Programs.run(directory, "/bin/chmod", "a+rx", directory.toString());
            String gates = house.file("gate").toString();
            Programs.run(directory, "/usr/bin/mkfifo", "-m", "666", gates + "1", gates + "2");
            // The shell waits by itself: it could have no child.
            house.script(
                    "hold.sh",
                    "echo 'Content-Type: text/plain'",
                    "echo",
                    "echo begun",
                    "read x < $D/gate$QUERY_STRING");
            house.script("hello.sh", "echo 'Content-Type: text/plain'", "echo", "echo hello");
            int port = house.http("games");
            // The kernel counts before it adds the one that becomes the user's: there is always one more.
            try (Call first = Call.send(port, "GET", "/hold.sh?1", "");
                    Call second = Call.send(port, "GET", "/hold.sh?2", "")) {
                first.awaitFirstByte();
                second.awaitFirstByte();
                try (Call third = Call.send(port, "GET", "/hello.sh", "")) {
                    house.daemon().running().await("WARN  games: no script can be started: for hello.sh: EAGAIN");
                    open(gates + "1");
                    assertThat(first.answer().body()).isEqualTo("begun\n");
                    assertThat(third.answer().body()).isEqualTo("hello\n");
                }
                open(gates + "2");
                assertThat(second.answer().body()).isEqualTo("begun\n");
            }
        }
    }

    private static void open(String gate) throws Exception {
        Programs.run(Path.of("/"), "/bin/sh", "-c", "echo go > " + gate);
    }
}
