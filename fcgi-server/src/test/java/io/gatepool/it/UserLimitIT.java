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
        try (ScriptHouse house = new ScriptHouse(
                directory, "", Map.of("games", "user = \"games\"\nlimits = { processes = 1 }"))) {
            Programs.run(directory, "/bin/chmod", "a+rx", directory.toString());
            Programs.run(directory, "/usr/bin/mkfifo", "-m", "666", house.file("gate").toString());
            // The shell waits by itself: it could have no child.
            house.script("hold.sh", "echo 'Content-Type: text/plain'", "echo", "echo begun", "read line < $D/gate");
            house.script("hello.sh", "echo 'Content-Type: text/plain'", "echo", "echo hello");
            int port = house.http("games");
            try (Call first = Call.send(port, "GET", "/hold.sh", "")) {
                first.awaitFirstByte();
                try (Call second = Call.send(port, "GET", "/hello.sh", "")) {
                    house.daemon().running().await("WARN  games: no script can be started: for hello.sh: EAGAIN");
                    Programs.run(directory, "/bin/sh", "-c", "echo go > " + house.file("gate"));
                    assertThat(first.answer().body()).isEqualTo("begun\n");
                    assertThat(second.answer().body()).isEqualTo("hello\n");
                }
            }
        }
    }
}
