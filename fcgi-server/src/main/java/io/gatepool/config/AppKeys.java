package io.gatepool.config;

import static io.gatepool.config.AppReaders.extension;
import static io.gatepool.config.AppReaders.fileName;
import static io.gatepool.config.ListReaders.command;
import static io.gatepool.config.ListReaders.listOf;
import static io.gatepool.config.ListReaders.notEmpty;
import static io.gatepool.config.ListReaders.oneOrMore;
import static io.gatepool.config.Readers.address;
import static io.gatepool.config.Readers.bool;
import static io.gatepool.config.Readers.count;
import static io.gatepool.config.Readers.duration;
import static io.gatepool.config.Readers.mode;
import static io.gatepool.config.Readers.oneOf;
import static io.gatepool.config.Readers.path;
import static io.gatepool.config.Readers.size;
import static io.gatepool.config.Readers.text;

import io.gatepool.process.OomScore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of {@code [app.NAME]} and their defaults, in the order of {@code conf/gatepool.toml}. */
final class AppKeys {
    /** Of one app, whether workers or scripts. */
    static final int MAX_PROCESSES = 10_000;

    static final Key<Kind> KIND = Key.of("kind", AppReaders.kind());
    static final Key<List<String>> COMMAND = Key.of("command", command()).onlyFor(Kind.FASTCGI, Kind.SCGI);
    static final Key<String> MODULE = Key.of("module", AppReaders.module()).onlyFor(Kind.WSGI);
    static final Key<String> PYTHON =
            Key.of("python", Readers.program(), "python3").onlyFor(Kind.WSGI);
    static final Key<List<Path>> PYTHONPATH =
            Key.of("pythonpath", listOf(path()), List.<Path>of()).onlyFor(Kind.WSGI);
    static final Key<Integer> THREADS = Key.of("threads", count(1, 1000), 1).onlyFor(Kind.WSGI);
    static final Key<String> USER = Key.of("user", text());
    static final Key<UidRange> OWNER_UIDS = Key.of("owner_uids", AppReaders.uidRange(), new UidRange(1000, 59_999))
            .onlyFor(Kind.CGI);
    static final Key<String> GROUP = Key.of("group", text());
    static final Key<List<String>> SUPPLEMENTARY_GROUPS = Key.of("supplementary_groups", listOf(text()));
    static final Key<Boolean> NO_NEW_PRIVILEGES = Key.of("no_new_privileges", bool(), false);
    static final Key<Duration> LIMITS_CPU = Key.of("limits.cpu", duration("1s", "365d", false));
    static final Key<Long> LIMITS_MEMORY = Key.of("limits.memory", size("16MiB", "1048576GiB", false));
    static final Key<Integer> LIMITS_PROCESSES = Key.of("limits.processes", count(1, 4_194_304));
    static final Key<Integer> LIMITS_FILES = Key.of("limits.files", count(16, 1_048_576));
    static final Key<Long> LIMITS_FILE_SIZE = Key.of("limits.file_size", size("0B", "1048576GiB", false));
    static final Key<Integer> NICE = Key.of("nice", count(-20, 19), 0);
    static final Key<Integer> OOM_SCORE_ADJ = Key.of("oom_score_adj", count(OomScore.MIN, OomScore.MAX));

    static final Key<List<Address>> LISTEN = Key.of("listen", oneOrMore(address(Protocol.FASTCGI)));
    static final Key<String> LISTEN_OWNER = Key.of("listen_owner", text());
    static final Key<String> LISTEN_GROUP = Key.of("listen_group", text());
    static final Key<Integer> LISTEN_MODE = Key.of("listen_mode", mode(), 0660);
    static final Key<Integer> BACKLOG = Key.of("backlog", count(1, 65_535), 511);
    static final Key<List<String>> ALLOWED_CLIENTS =
            Key.of("allowed_clients", notEmpty(listOf(AppReaders.network())), List.of("127.0.0.1", "::1"));

    static final Key<String> MOUNT = Key.of("mount", AppReaders.mount(), "/");
    static final Key<Path> ROOT = Key.of("root", path()).onlyFor(Kind.FASTCGI, Kind.CGI);
    static final Key<Path> SCRIPT = Key.of("script", path()).onlyFor(Kind.CGI);
    static final Key<List<String>> INDEX = Key.of("index", listOf(fileName())).onlyFor(Kind.FASTCGI, Kind.CGI);
    static final Key<List<String>> EXTENSIONS =
            Key.of("extensions", listOf(extension())).onlyFor(Kind.FASTCGI, Kind.CGI);
    static final Key<String> FALLBACK =
            Key.of("fallback", AppReaders.fallback()).onlyFor(Kind.FASTCGI, Kind.CGI);
    static final Key<Map<String, List<String>>> INTERPRETERS = Key.of(
                    "interpreters", AppReaders.interpreters(), Map.of())
            .onlyFor(Kind.CGI)
            .merging(AppKeys::union);

    static final Key<Boolean> REQUIRE_EXECUTABLE =
            Key.of("require_executable", bool(), false).onlyFor(Kind.CGI);
    static final Key<Boolean> SYMLINKS = Key.of(
                    "symlinks",
                    oneOf(
                            "a rule for symbolic links",
                            Map.of("inside", false, "anywhere", true),
                            List.of(),
                            "write \"inside\" or \"anywhere\""),
                    false)
            .onlyFor(Kind.CGI);
    static final Key<Boolean> PASS_AUTHORIZATION =
            Key.of("pass_authorization", bool(), false).onlyFor(Kind.CGI);
    static final Key<Boolean> INDEXED_QUERY =
            Key.of("indexed_query", bool(), false).onlyFor(Kind.CGI);

    static final Key<Map<String, String>> ENV =
            Key.<Map<String, String>>of("env", AppReaders.env(), Map.of()).merging(AppKeys::union);
    static final Key<List<String>> PASS_ENV = Key.of("pass_env", listOf(AppReaders.envName()), List.of());
    static final Key<Path> CHDIR = Key.of("chdir", path());
    static final Key<Integer> UMASK = Key.of("umask", mode(), 022);

    static final Key<WorkerSettings.Mode> WORKERS_MODE = Key.of(
                    "workers.mode", AppReaders.workersMode(), WorkerSettings.Mode.DYNAMIC)
            .byDefaultFor(Kind.WSGI, WorkerSettings.Mode.STATIC)
            .onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Integer> WORKERS_MAX = Key.of("workers.max", count(1, MAX_PROCESSES), 5)
            .byDefaultFor(Kind.WSGI, defaultWsgiWorkers())
            .onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Integer> WORKERS_START =
            Key.of("workers.start", count(1, MAX_PROCESSES), 2).onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Integer> WORKERS_MIN_SPARE =
            Key.of("workers.min_spare", count(1, MAX_PROCESSES), 1).onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Integer> WORKERS_MAX_SPARE =
            Key.of("workers.max_spare", count(1, MAX_PROCESSES), 3).onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Duration> WORKERS_IDLE_TIMEOUT = Key.of(
                    "workers.idle_timeout", duration("100ms", "365d", false), Duration.ofSeconds(10))
            .onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Integer> WORKERS_CONNECTIONS =
            Key.of("workers.connections", count(1, 10_000), 1).onlyFor(Kind.FASTCGI, Kind.SCGI);
    static final Key<Integer> MULTIPLEX = Key.of("multiplex", AppReaders.multiplex(), 1)
            .byDefaultFor(Kind.WSGI, 16)
            .onlyFor(Kind.FASTCGI, Kind.WSGI);
    static final Key<Duration> WORKERS_START_GRACE = Key.of(
                    "workers.start_grace", duration("0s", "1h", false), Duration.ofSeconds(1))
            .onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<String> READY_PATH =
            Key.of("ready.path", AppReaders.urlPath()).onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Integer> READY_STATUS =
            Key.of("ready.status", count(100, 599), 200).onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Duration> READY_TIMEOUT = Key.of(
                    "ready.timeout", duration("1ms", "1h", false), Duration.ofSeconds(5))
            .onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Integer> MAX_REQUESTS =
            Key.of("max_requests", count(0, 1_000_000_000), 0).onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Integer> MAX_REQUESTS_JITTER =
            Key.of("max_requests_jitter", AppReaders.percent(), 10).onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Duration> MAX_AGE =
            Key.of("max_age", duration("1s", "365d", true), Durations.OFF).onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Long> MAX_RSS_SOFT = Key.of("max_rss.soft", size("1MiB", "1048576GiB", true), Sizes.OFF)
            .onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Long> MAX_RSS_HARD = Key.of("max_rss.hard", size("1MiB", "1048576GiB", true), Sizes.OFF)
            .onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<String> TIMEOUT_SIGNAL =
            Key.of("timeout_signal", AppReaders.signal()).onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<List<String>> WATCH =
            Key.of("watch", listOf(AppReaders.glob()), List.of()).onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Boolean> RETRY = Key.of("retry", bool(), true).onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Integer> MAX_RUNNING =
            Key.of("max_running", count(1, MAX_PROCESSES), 8).onlyFor(Kind.CGI);
    static final Key<Boolean> REQUEST_BUFFERING = Key.of(
                    "request_buffering",
                    oneOf("a choice", Map.of("on", true, "off", false), List.of(), "write \"on\" or \"off\""),
                    true)
            .onlyFor(Kind.CGI);
    static final Key<ScriptSettings.Errors> STDERR = Key.of(
                    "stderr",
                    oneOf(
                            "a place for errors",
                            Map.of(
                                    "log", ScriptSettings.Errors.LOG,
                                    "fastcgi", ScriptSettings.Errors.FASTCGI,
                                    "both", ScriptSettings.Errors.BOTH),
                            List.of(),
                            "write \"log\", \"fastcgi\" or \"both\""),
                    ScriptSettings.Errors.LOG)
            .onlyFor(Kind.CGI);
    static final Key<ScriptSettings.Strays> STRAY_CHILDREN = Key.of(
                    "stray_children",
                    oneOf(
                            "a fate for stray children",
                            Map.of(
                                    "kill", ScriptSettings.Strays.KILL,
                                    "report", ScriptSettings.Strays.REPORT,
                                    "leave", ScriptSettings.Strays.LEAVE),
                            List.of(),
                            "write \"kill\", \"report\" or \"leave\""),
                    ScriptSettings.Strays.KILL)
            .onlyFor(Kind.CGI);
    static final Key<Integer> QUEUE_SIZE = Key.of("queue.size", count(0, 1_000_000), 512);
    static final Key<Duration> QUEUE_TIMEOUT =
            Key.of("queue.timeout", duration("1ms", "1d", true), Duration.ofSeconds(10));
    static final Key<QueueSettings.WhenFull> QUEUE_FULL = Key.of(
            "queue.full",
            oneOf(
                    "an answer",
                    Map.of("503", QueueSettings.WhenFull.PAGE, "overloaded", QueueSettings.WhenFull.OVERLOADED),
                    List.of(),
                    "write \"503\" or \"overloaded\""),
            QueueSettings.WhenFull.PAGE);

    static final Key<Duration> REQUEST_TIMEOUT =
            Key.of("request_timeout", duration("1ms", "365d", true), Duration.ofMinutes(10));
    static final Key<Duration> FIRST_BYTE_TIMEOUT =
            Key.of("first_byte_timeout", duration("1ms", "365d", true), Durations.OFF);
    static final Key<Duration> OUTPUT_TIMEOUT = Key.of(
                    "output_timeout", duration("1ms", "365d", true), Duration.ofSeconds(55))
            .byDefaultFor(Kind.WSGI, Duration.ofSeconds(30));
    static final Key<Duration> SLOW_AFTER = Key.of("slow_after", duration("1ms", "365d", true), Durations.OFF);
    static final Key<Duration> START_TIMEOUT = Key.of(
                    "start_timeout", duration("1ms", "1h", false), Duration.ofSeconds(30))
            .onlyFor(Kind.FASTCGI, Kind.SCGI, Kind.WSGI);
    static final Key<Duration> STOP_TIMEOUT =
            Key.of("stop_timeout", duration("1ms", "1h", false), Duration.ofSeconds(5));

    static final Key<List<String>> HOOKS_BEFORE_START = Key.of("hooks.before_start", command());
    static final Key<List<String>> HOOKS_READY = Key.of("hooks.ready", command());
    static final Key<List<String>> HOOKS_STOPPED = Key.of("hooks.stopped", command());
    static final Key<List<String>> HOOKS_FAILING = Key.of("hooks.failing", command());
    static final Key<Duration> HOOKS_TIMEOUT =
            Key.of("hooks.timeout", duration("1ms", "1h", false), Duration.ofSeconds(30));
    static final Key<List<Hook>> HOOKS_REQUIRED =
            Key.of("hooks.required", listOf(AppReaders.requiredHook()), List.of());

    static final Key<Long> MAX_BODY = Key.of("max_body", size("0B", "1048576GiB", true));
    static final Key<Long> RESPONSE_BUFFER = Key.of(
            "response_buffer", size("0B", "1048576GiB", true).map(bytes -> bytes == Sizes.OFF ? 0 : bytes), 1L << 30);
    static final Key<Integer> RESPONSE_HEAD =
            Key.of("response_head", size("1KiB", "16MiB", false).map(Math::toIntExact), 64 << 10);

    static final Schema SCHEMA = new Schema(
            List.of(
                    KIND,
                    COMMAND,
                    MODULE,
                    PYTHON,
                    PYTHONPATH,
                    THREADS,
                    USER,
                    OWNER_UIDS,
                    GROUP,
                    SUPPLEMENTARY_GROUPS,
                    NO_NEW_PRIVILEGES,
                    LIMITS_CPU,
                    LIMITS_MEMORY,
                    LIMITS_PROCESSES,
                    LIMITS_FILES,
                    LIMITS_FILE_SIZE,
                    NICE,
                    OOM_SCORE_ADJ,
                    LISTEN,
                    LISTEN_OWNER,
                    LISTEN_GROUP,
                    LISTEN_MODE,
                    BACKLOG,
                    ALLOWED_CLIENTS,
                    MOUNT,
                    ROOT,
                    SCRIPT,
                    INDEX,
                    EXTENSIONS,
                    FALLBACK,
                    INTERPRETERS,
                    REQUIRE_EXECUTABLE,
                    SYMLINKS,
                    PASS_AUTHORIZATION,
                    INDEXED_QUERY,
                    ENV,
                    PASS_ENV,
                    CHDIR,
                    UMASK,
                    WORKERS_MODE,
                    WORKERS_MAX,
                    WORKERS_START,
                    WORKERS_MIN_SPARE,
                    WORKERS_MAX_SPARE,
                    WORKERS_IDLE_TIMEOUT,
                    WORKERS_CONNECTIONS,
                    MULTIPLEX,
                    WORKERS_START_GRACE,
                    READY_PATH,
                    READY_STATUS,
                    READY_TIMEOUT,
                    MAX_REQUESTS,
                    MAX_REQUESTS_JITTER,
                    MAX_AGE,
                    MAX_RSS_SOFT,
                    MAX_RSS_HARD,
                    TIMEOUT_SIGNAL,
                    RETRY,
                    WATCH,
                    MAX_RUNNING,
                    REQUEST_BUFFERING,
                    STDERR,
                    STRAY_CHILDREN,
                    QUEUE_SIZE,
                    QUEUE_TIMEOUT,
                    QUEUE_FULL,
                    REQUEST_TIMEOUT,
                    FIRST_BYTE_TIMEOUT,
                    OUTPUT_TIMEOUT,
                    SLOW_AFTER,
                    START_TIMEOUT,
                    STOP_TIMEOUT,
                    HOOKS_BEFORE_START,
                    HOOKS_READY,
                    HOOKS_STOPPED,
                    HOOKS_FAILING,
                    HOOKS_TIMEOUT,
                    HOOKS_REQUIRED,
                    MAX_BODY,
                    RESPONSE_BUFFER,
                    RESPONSE_HEAD),
            Set.of("health", "env_file"));

    /** What an app may have from {@code [defaults]}: everything that does not make it the app it is. */
    static final Schema DEFAULTS = SCHEMA.without(Set.of(KIND, COMMAND, MODULE, LISTEN, MOUNT, ROOT, SCRIPT, FALLBACK));

    private AppKeys() {}

    /** What gunicorn advises; processors as the control group allows. More than twelve is for whoever has measured. */
    private static int defaultWsgiWorkers() {
        return Math.min(12, 2 * Runtime.getRuntime().availableProcessors() + 1);
    }

    private static <V> Map<String, V> union(Map<String, V> defaults, Map<String, V> own) {
        Map<String, V> all = new LinkedHashMap<>(defaults);
        all.putAll(own);
        return all;
    }
}
