package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals to the daemon. */
class SignalsIT {

    private static final List<String> DEAF = List.of("/bin/sh", "-c", "trap '' INT TERM CHLD; exec \"$@\"", "sh");

    /** A shell starts what runs in the background so that INT is ignored; others ignore CHLD to be rid of zombies. */
    @ParameterizedTest
    @ValueSource(strings = {"waitid", "sigchld"})
    void whatItsStarterIgnoredIsHeededAllTheSame(String reaper, @TempDir Path directory) throws Exception {
        Path script = Files.writeString(directory.resolve("three"), "#!/bin/sh\nexit 3\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Daemon daemon = Daemon.serveBy(DEAF, directory, """
                [server]
                runtime_dir = "run"
                reaper = "%s"
                [app.cgi]
                kind = "cgi"
                listen = "http:127.0.0.1:0"
                root = "%s"
                """.formatted(reaper, directory))) {
            assertThat(Web.get("http://127.0.0.1:" + daemon.port("cgi", "http") + "/three")
                            .status())
                    .isEqualTo(502);
            daemon.running().await("exited with status 3");
            daemon.signal("INT");
            assertThat(daemon.running().awaitExit()).isZero();
            daemon.running().await("children: 1 spawned, 1 reaped");
        }
    }
}
