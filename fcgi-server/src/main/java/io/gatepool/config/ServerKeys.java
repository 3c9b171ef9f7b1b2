package io.gatepool.config;

import static io.gatepool.config.Readers.duration;
import static io.gatepool.config.Readers.oneOf;
import static io.gatepool.config.Readers.path;
import static io.gatepool.config.Readers.pathOr;
import static io.gatepool.config.Readers.text;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of {@code [server]} and their defaults. */
final class ServerKeys {
    static final Key<Path> RUNTIME_DIR = Key.of("runtime_dir", path());
    static final Key<Path> SPOOL_DIR = Key.of("spool_dir", path(), Path.of("/var/tmp"));
    static final Key<String> LOG = Key.of("log", pathOr("stderr"), "stderr");
    static final Key<String> LOG_LEVEL = Key.of(
            "log_level",
            oneOf(
                    "a log level",
                    Map.of("error", "error", "warn", "warn", "info", "info", "debug", "debug", "trace", "trace"),
                    List.of(),
                    "write \"error\", \"warn\", \"info\", \"debug\" or \"trace\""),
            "info");
    static final Key<ReaperMode> REAPER = Key.of(
            "reaper",
            oneOf(
                    "a way to reap",
                    Map.of("waitid", ReaperMode.WAITID, "sigchld", ReaperMode.SIGCHLD),
                    List.of(),
                    "write \"waitid\" or \"sigchld\""),
            ReaperMode.WAITID);
    static final Key<Duration> DRAIN_TIMEOUT =
            Key.of("drain_timeout", duration("1ms", "1d", true), Duration.ofSeconds(25));
    static final Key<String> ACCESS_LOG = Key.of("access_log", pathOr("off", "-"), "off");

    static final Key<String> CONTROL_GROUP = Key.of("control_group", text());

    static final Schema SCHEMA = new Schema(
            List.of(RUNTIME_DIR, SPOOL_DIR, LOG, LOG_LEVEL, REAPER, DRAIN_TIMEOUT, ACCESS_LOG, CONTROL_GROUP),
            Set.of("admin", "trusted_proxies"));

    private ServerKeys() {}

    static ServerSettings settings(Values values) {
        return new ServerSettings(
                values.find(RUNTIME_DIR).orElseGet(RuntimeDir::byDefault),
                values.get(SPOOL_DIR),
                values.get(LOG),
                values.get(LOG_LEVEL),
                values.get(REAPER),
                values.get(DRAIN_TIMEOUT),
                values.get(ACCESS_LOG),
                values.find(CONTROL_GROUP));
    }
}
