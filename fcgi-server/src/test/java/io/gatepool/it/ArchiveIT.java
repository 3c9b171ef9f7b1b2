package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The AppCDS archive with which gatepool starts in half the time: a JVM may well fail to make one of sound classes. */
class ArchiveIT {

    @Test
    void isMadeAndUsed(@TempDir Path directory) throws Exception {
        Path home = directory.resolve("gatepool");
        Programs.run(
                directory,
                "cp",
                "-a",
                Daemon.REPOSITORY.resolve("target/gatepool").toString(),
                home.toString());
        try (Stream<Path> old = Files.list(home.resolve("lib"))) {
            for (Path archive : old.filter(ArchiveIT::isArchive).toList()) {
                Files.delete(archive);
            }
        }
        Programs.run(directory, home.resolve("libexec/make-archive").toString());
        try (Stream<Path> made = Files.list(home.resolve("lib"))) {
            assertThat(made.filter(ArchiveIT::isArchive)).hasSize(1);
        }
        Map<String, String> required = Map.of("GATEPOOL_JAVA_OPTS", "-Xshare:on -Xlog:class+load=info:stdout");
        String launcher = home.resolve("bin/gatepool").toString();
        try (Running running = Running.start(directory, required, launcher, "--version")) {
            assertThat(running.awaitExit()).as(running.output()).isZero();
            assertThat(running.output()).contains("io.gatepool.cli.Main source: shared objects file (top)");
        }
    }

    private static boolean isArchive(Path file) {
        return file.toString().endsWith(".jsa");
    }
}
