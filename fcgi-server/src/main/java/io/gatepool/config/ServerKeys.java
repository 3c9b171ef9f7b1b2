package io.gatepool.config;

import static io.gatepool.config.ListReaders.listOf;
import static io.gatepool.config.Readers.addressOrOff;
import static io.gatepool.config.Readers.count;
import static io.gatepool.config.Readers.duration;
import static io.gatepool.config.Readers.oneOf;
import static io.gatepool.config.Readers.path;
import static io.gatepool.config.Readers.pathOr;
import static io.gatepool.config.Readers.text;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    static final Key<Integer> MAX_WORKERS = Key.of("max_workers", count(1, 1_000_000));
    static final Key<String> ACCESS_LOG = Key.of("access_log", pathOr("off", "-"), "off");
    static final Key<LogFormat> ACCESS_LOG_FORMAT =
            Key.of("access_log_format", Readers.logFormat(), LogFormat.COMBINED);
    static final Key<String> SLOW_LOG = Key.of("slow_log", pathOr("log"), "log");
    static final Key<List<String>> TRUSTED_PROXIES =
            Key.of("trusted_proxies", listOf(peer()), List.of("127.0.0.1", "::1", "unix"));
    static final Key<Optional<Address>> ADMIN = Key.of("admin", addressOrOff(Protocol.HTTP), Optional.empty());
    static final Key<List<String>> ADMIN_HOSTS = Key.of(
            "admin_hosts",
            listOf(text().check(
                            name -> name.matches("[A-Za-z0-9._-]+"),
                            "is not a host name",
                            "write the name as it stands in the address bar, without a port")),
            List.of());

    static final Key<String> CONTROL_GROUP = Key.of("control_group", text());

    static final Schema SCHEMA = new Schema(
            List.of(
                    RUNTIME_DIR,
                    SPOOL_DIR,
                    LOG,
                    LOG_LEVEL,
                    REAPER,
                    DRAIN_TIMEOUT,
                    MAX_WORKERS,
                    ACCESS_LOG,
                    ACCESS_LOG_FORMAT,
                    SLOW_LOG,
                    TRUSTED_PROXIES,
                    ADMIN,
                    ADMIN_HOSTS,
                    CONTROL_GROUP),
            Set.of());

    static final String WRITE_PEER =
            "write one such as \"192.0.2.7\" or \"10.0.0.0/8\", or \"unix\" for all Unix sockets";

    private ServerKeys() {}

    private static Reader<String> peer() {
        return Readers.text().check(ServerKeys::isPeer, "is not an IP address or network", WRITE_PEER);
    }

    static boolean isPeer(String text) {
        return text.equals("unix") || IpLiteral.isNetwork(text);
    }

    static ServerSettings settings(Values values) {
        return new ServerSettings(
                values.find(RUNTIME_DIR).orElseGet(RuntimeDir::byDefault),
                values.get(SPOOL_DIR),
                values.get(LOG),
                values.get(LOG_LEVEL),
                values.get(REAPER),
                values.get(DRAIN_TIMEOUT),
                values.find(MAX_WORKERS).orElse(Integer.MAX_VALUE),
                values.get(ACCESS_LOG),
                values.get(ACCESS_LOG_FORMAT),
                values.get(SLOW_LOG),
                values.get(TRUSTED_PROXIES),
                values.get(ADMIN),
                values.get(ADMIN_HOSTS),
                values.find(CONTROL_GROUP));
    }
}
