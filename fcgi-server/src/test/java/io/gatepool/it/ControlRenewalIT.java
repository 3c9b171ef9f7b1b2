package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that change what runs, and wait until it has changed. */
class ControlRenewalIT {

    private static final String RAW = Daemon.TEST_APPS.resolve("rawapp.py").toString();

    private final Path directory;

    ControlRenewalIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private static String app(String name, String settings) {
        return """
                [app.%s]
                kind = "fastcgi"
                command = ["%s"]
                listen = "http:127.0.0.1:0"
                mount = "/raw"
                workers.mode = "static"
                workers.max = 1
                %s
                """.formatted(name, RAW, settings);
    }

    private Daemon serve() throws Exception {
        return Daemon.serve(directory, "[server]\nruntime_dir = \"run\"\n" + app("one", "") + app("two", ""));
    }

    private void configure(String apps) throws Exception {
        Files.writeString(directory.resolve("gatepool.toml"), "[server]\nruntime_dir = \"run\"\n" + apps);
    }

    private Gatepool ask(String... arguments) throws Exception {
        return Gatepool.ask(directory, arguments);
    }

    private static int pid(Daemon daemon, String app) throws Exception {
        return Call.get(daemon.port(app, "http"), "/raw/info").number("pid");
    }

    @Test
    void reloadReturnsWhenTheNewWorkersAnswer() throws Exception {
        try (Daemon daemon = serve()) {
            int one = pid(daemon, "one");
            int two = pid(daemon, "two");
            Gatepool reload = ask("reload");
            assertThat(reload.output()).isEqualTo("reloaded, generation 2\n");
            assertThat(reload.exit()).isZero();
            assertThat(pid(daemon, "one")).isNotEqualTo(one);
            assertThat(pid(daemon, "two")).isNotEqualTo(two);
            assertThat(ask("status").output()).contains("generation 2, loaded ");
        }
    }

    @Test
    void reloadOfOneAppLeavesTheOthersAlone() throws Exception {
        try (Daemon daemon = serve()) {
            int one = pid(daemon, "one");
            int two = pid(daemon, "two");
            assertThat(ask("reload", "two").exit()).isZero();
            assertThat(pid(daemon, "one")).isEqualTo(one);
            assertThat(pid(daemon, "two")).isNotEqualTo(two);
        }
    }

    @Test
    void reloadOfWhatHasChanged() throws Exception {
        try (Daemon daemon = serve()) {
            int one = pid(daemon, "one");
            int two = pid(daemon, "two");
            configure(app("one", "max_requests = 1000") + app("two", ""));
            assertThat(ask("reload", "--changed").exit()).isZero();
            assertThat(pid(daemon, "one")).isNotEqualTo(one);
            assertThat(pid(daemon, "two")).isEqualTo(two);
        }
    }

    @Test
    void aReloadThatFailsSaysWhyAndChangesNothing() throws Exception {
        try (Daemon daemon = serve()) {
            int one = pid(daemon, "one");
            configure(app("one", "").replace(RAW, "/nonexistent") + app("two", ""));
            Gatepool failed = ask("reload");
            assertThat(failed.exit()).isEqualTo(1);
            assertThat(failed.output()).contains("one: ").contains("/nonexistent does not exist");
            assertThat(pid(daemon, "one")).isEqualTo(one);
            configure(app("one", "max_requests = \"many\""));
            Gatepool broken =
                    ask("reload", "--runtime-dir", directory.resolve("run").toString());
            assertThat(broken.exit()).isNotZero();
            assertThat(pid(daemon, "one")).isEqualTo(one);
        }
    }

    @Test
    void restartReturnsWhenThereAreNewWorkers() throws Exception {
        try (Daemon daemon = serve()) {
            int one = pid(daemon, "one");
            Gatepool restart = ask("restart", "one");
            assertThat(restart.output()).isEqualTo("one: restarted\n");
            assertThat(restart.exit()).isZero();
            assertThat(Daemon.isAlive(one)).isFalse();
            assertThat(pid(daemon, "one")).isNotEqualTo(one);
        }
    }

    @Test
    void scaleHoldsUntilTheNextReload() throws Exception {
        try (Daemon daemon = serve()) {
            assertThat(ask("scale", "one", "3").exit()).isZero();
            Poll.until("three", () -> status().contains("3/3"));
            assertThat(ask("reload", "one").exit()).isZero();
            Poll.until("one", () -> status().contains("1/1") && !status().contains("/3"));
            Gatepool none = ask("scale", "one", "0");
            assertThat(none.exit()).isEqualTo(1);
            assertThat(none.output()).contains("0 is out of range; write 1 to 10000");
        }
    }

    private String status() {
        try {
            return ask("status", "one").output();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void reopenLogsOpensTheFilesAnew() throws Exception {
        Path log = directory.resolve("access.log");
        try (Daemon daemon = Daemon.serve(
                directory, "[server]\nruntime_dir = \"run\"\naccess_log = \"" + log + "\"\n" + app("one", ""))) {
            pid(daemon, "one");
            Poll.until("a line", () -> Files.exists(log) && log.toFile().length() > 0);
            Files.move(log, directory.resolve("access.log.1"));
            assertThat(ask("reopen-logs").exit()).isZero();
            pid(daemon, "one");
            Poll.until(
                    "a line in the new file",
                    () -> Files.exists(log) && log.toFile().length() > 0);
        }
    }

    /** Without a terminal, whose WINCH would mean another size. */
    @Test
    void winchDrainsAllApps() throws Exception {
        try (Daemon daemon = Daemon.serveBy(
                List.of("setsid"), directory, "[server]\nruntime_dir = \"run\"\n" + app("one", "") + app("two", ""))) {
            daemon.signal("WINCH");
            daemon.running().await("two: drained");
            assertThat(Call.get(daemon.port("one", "http"), "/raw/info").cause())
                    .isEqualTo("draining");
            assertThat(ask("resume", "one").exit()).isZero();
            assertThat(Call.get(daemon.port("one", "http"), "/raw/info").status())
                    .isEqualTo(200);
        }
    }
}
