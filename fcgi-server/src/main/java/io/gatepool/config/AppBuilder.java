package io.gatepool.config;

import io.gatepool.process.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An {@link AppSettings} in the making, by the loader or by the short forms of the command line, so that both have the
 * same defaults ({@link AppKeys}) and the same rules ({@link AppRules}).
 */
public final class AppBuilder {
    private final String name;
    private final Values values;

    /** @param values with a kind */
    AppBuilder(String name, Values values) {
        this.name = name;
        this.values = values;
    }

    AppBuilder(String name, Kind kind) {
        this(name, new Values());
        values.put(AppKeys.KIND, kind);
    }

    <T> AppBuilder set(Key<T> key, T value) {
        values.put(key, value);
        return this;
    }

    /** Where it listens; at least one address. */
    public AppBuilder listen(List<Address> addresses) {
        return set(AppKeys.LISTEN, List.copyOf(addresses));
    }

    /** Who may connect over TCP, as addresses or networks. */
    public AppBuilder allowedClients(List<String> networks) {
        return set(AppKeys.ALLOWED_CLIENTS, List.copyOf(networks));
    }

    /** How many worker processes it has, all the time. */
    public AppBuilder workers(int number) {
        return set(AppKeys.WORKERS_MODE, WorkerSettings.Mode.STATIC).set(AppKeys.WORKERS_MAX, number);
    }

    /** A WSGI app: the interpreter or virtualenv; a name without a slash is looked for in PATH. */
    public AppBuilder python(String python) {
        return set(AppKeys.PYTHON, python);
    }

    /** A WSGI app: where its modules are looked for besides; absolute. */
    public AppBuilder pythonPath(List<Path> directories) {
        return set(AppKeys.PYTHONPATH, List.copyOf(directories));
    }

    /** A WSGI app: how many requests one worker serves side by side. */
    public AppBuilder threads(int threads) {
        return set(AppKeys.THREADS, threads);
    }

    /** How many requests one worker takes at a time on one connection. */
    public AppBuilder multiplex(int requests) {
        return set(AppKeys.MULTIPLEX, requests);
    }

    /** How long a response may be silent; may be {@link Durations#OFF}. */
    public AppBuilder outputTimeout(Duration timeout) {
        return set(AppKeys.OUTPUT_TIMEOUT, timeout);
    }

    /**
     * When a worker is replaced.
     *
     * @param requests 0 for never
     * @param jitterPercent by how much the number of one worker may differ
     */
    public AppBuilder maxRequests(int requests, int jitterPercent) {
        return set(AppKeys.MAX_REQUESTS, requests).set(AppKeys.MAX_REQUESTS_JITTER, jitterPercent);
    }

    /** Patterns of files whose change begins a new generation. */
    public AppBuilder watch(List<String> patterns) {
        return set(AppKeys.WATCH, List.copyOf(patterns));
    }

    /** In place of the user's own group. */
    public AppBuilder group(String group) {
        return set(AppKeys.GROUP, group);
    }

    /** How many requests one worker takes at a time. */
    public AppBuilder connections(int connections) {
        return set(AppKeys.WORKERS_CONNECTIONS, connections);
    }

    /** How many CGI scripts run at a time. */
    public AppBuilder maxRunning(int scripts) {
        return set(AppKeys.MAX_RUNNING, scripts);
    }

    /** No script outside it is run; absolute. */
    public AppBuilder root(Path root) {
        return set(AppKeys.ROOT, root);
    }

    /** What the names of scripts may end with; empty for anything. */
    public AppBuilder extensions(List<String> extensions) {
        return set(AppKeys.EXTENSIONS, List.copyOf(extensions));
    }

    /** Programs for CGI scripts by their extension. */
    public AppBuilder interpreters(Map<String, List<String>> interpreters) {
        return set(AppKeys.INTERPRETERS, interpreters);
    }

    /** The path below which it is found. */
    public AppBuilder mount(String mount) {
        return set(AppKeys.MOUNT, mount);
    }

    /** Who its processes run as. */
    public AppBuilder user(String user) {
        return set(AppKeys.USER, user);
    }

    /** What its processes find in their environment. */
    public AppBuilder env(Map<String, String> env) {
        return set(AppKeys.ENV, env);
    }

    /** The working directory of its processes; absolute. */
    public AppBuilder chdir(Path directory) {
        return set(AppKeys.CHDIR, directory);
    }

    /**
     * The settings, with defaults for whatever was not given.
     *
     * @throws IllegalArgumentException if they break one of the {@link AppRules}
     */
    public AppSettings build() {
        AppRules.firstBroken(values).ifPresent(rule -> {
            throw new IllegalArgumentException(name + ": " + rule.message() + "; " + rule.remedy());
        });
        List<String> extensions = values.find(AppKeys.EXTENSIONS).orElseGet(this::defaultExtensions);
        return new AppSettings(
                name,
                values.get(AppKeys.KIND),
                values.find(AppKeys.COMMAND).orElse(List.of()),
                wsgi(),
                listens(),
                values.get(AppKeys.MOUNT),
                values.find(AppKeys.ROOT),
                values.find(AppKeys.INDEX).orElse(extensions.contains(".php") ? List.of("index.php") : List.of()),
                extensions,
                values.find(AppKeys.FALLBACK),
                values.find(AppKeys.SCRIPT),
                copy(values.get(AppKeys.INTERPRETERS)),
                process(),
                hooks(),
                workerSettings(),
                new QueueSettings(
                        values.get(AppKeys.QUEUE_SIZE),
                        values.get(AppKeys.QUEUE_TIMEOUT),
                        values.get(AppKeys.QUEUE_FULL),
                        values.get(AppKeys.RETRY)),
                values.get(AppKeys.MAX_RUNNING),
                new ScriptSettings(
                        values.get(AppKeys.REQUIRE_EXECUTABLE),
                        values.get(AppKeys.SYMLINKS),
                        values.get(AppKeys.PASS_AUTHORIZATION),
                        values.get(AppKeys.INDEXED_QUERY),
                        values.get(AppKeys.REQUEST_BUFFERING),
                        values.get(AppKeys.STDERR),
                        values.get(AppKeys.STRAY_CHILDREN)),
                new Timeouts(
                        values.get(AppKeys.REQUEST_TIMEOUT),
                        values.get(AppKeys.FIRST_BYTE_TIMEOUT),
                        values.get(AppKeys.OUTPUT_TIMEOUT),
                        values.get(AppKeys.SLOW_AFTER),
                        values.get(AppKeys.START_TIMEOUT),
                        values.get(AppKeys.STOP_TIMEOUT)),
                bytes(AppKeys.MAX_BODY),
                values.get(AppKeys.RESPONSE_BUFFER),
                values.get(AppKeys.RESPONSE_HEAD));
    }

    private Optional<WsgiSettings> wsgi() {
        return values.find(AppKeys.MODULE)
                .map(module -> new WsgiSettings(
                        module,
                        values.get(AppKeys.PYTHON),
                        values.get(AppKeys.PYTHONPATH),
                        values.get(AppKeys.THREADS)));
    }

    /** A thread of a WSGI worker serves a connection. */
    private int connections() {
        return values.get(values.get(AppKeys.KIND) == Kind.WSGI ? AppKeys.THREADS : AppKeys.WORKERS_CONNECTIONS);
    }

    /** The one on which a WSGI worker writes down what its threads are doing. */
    private Optional<String> timeoutSignal() {
        return values.find(AppKeys.TIMEOUT_SIGNAL)
                .or(() -> values.get(AppKeys.KIND) == Kind.WSGI ? Optional.of("USR1") : Optional.empty());
    }

    private WorkerSettings workerSettings() {
        return new WorkerSettings(
                values.get(AppKeys.WORKERS_MODE),
                values.get(AppKeys.WORKERS_MAX),
                AppRules.upToMax(AppKeys.WORKERS_START, values),
                AppRules.upToMax(AppKeys.WORKERS_MIN_SPARE, values),
                AppRules.upToMax(AppKeys.WORKERS_MAX_SPARE, values),
                values.get(AppKeys.WORKERS_IDLE_TIMEOUT),
                connections(),
                values.get(AppKeys.MULTIPLEX),
                values.get(AppKeys.WORKERS_START_GRACE),
                values.find(AppKeys.READY_PATH)
                        .map(path -> new ReadyRequest(
                                path, values.get(AppKeys.READY_STATUS), values.get(AppKeys.READY_TIMEOUT))),
                timeoutSignal(),
                new Recycling(
                        values.get(AppKeys.MAX_REQUESTS),
                        values.get(AppKeys.MAX_REQUESTS_JITTER),
                        values.get(AppKeys.MAX_AGE),
                        values.get(AppKeys.MAX_RSS_SOFT),
                        values.get(AppKeys.MAX_RSS_HARD)),
                values.get(AppKeys.WATCH));
    }

    private HookSettings hooks() {
        Map<Hook, List<String>> commands = new EnumMap<>(Hook.class);
        values.find(AppKeys.HOOKS_BEFORE_START).ifPresent(command -> commands.put(Hook.BEFORE_START, command));
        values.find(AppKeys.HOOKS_READY).ifPresent(command -> commands.put(Hook.READY, command));
        values.find(AppKeys.HOOKS_STOPPED).ifPresent(command -> commands.put(Hook.STOPPED, command));
        values.find(AppKeys.HOOKS_FAILING).ifPresent(command -> commands.put(Hook.FAILING, command));
        return new HookSettings(
                copy(commands), values.get(AppKeys.HOOKS_TIMEOUT), Set.copyOf(values.get(AppKeys.HOOKS_REQUIRED)));
    }

    private ProcessSettings process() {
        return new ProcessSettings(
                values.find(AppKeys.USER),
                values.get(AppKeys.OWNER_UIDS),
                values.find(AppKeys.GROUP),
                values.find(AppKeys.SUPPLEMENTARY_GROUPS),
                values.get(AppKeys.NO_NEW_PRIVILEGES),
                limits(),
                values.get(AppKeys.NICE),
                number(AppKeys.OOM_SCORE_ADJ),
                copy(values.get(AppKeys.ENV)),
                List.copyOf(values.get(AppKeys.PASS_ENV)),
                values.find(AppKeys.CHDIR),
                values.get(AppKeys.UMASK));
    }

    private Limits limits() {
        return new Limits(
                // The kernel counts whole seconds.
                values.find(AppKeys.LIMITS_CPU)
                        .map(time -> OptionalInt.of((int) time.plusMillis(999).toSeconds()))
                        .orElse(OptionalInt.empty()),
                bytes(AppKeys.LIMITS_MEMORY),
                number(AppKeys.LIMITS_PROCESSES),
                number(AppKeys.LIMITS_FILES),
                bytes(AppKeys.LIMITS_FILE_SIZE));
    }

    private OptionalLong bytes(Key<Long> key) {
        return values.find(key).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    private OptionalInt number(Key<Integer> key) {
        return values.find(key).map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    /** php-cgi runs whatever it is pointed at, so that a FastCGI app with files of its own is taken for PHP. */
    private List<String> defaultExtensions() {
        boolean scripts = values.get(AppKeys.KIND) == Kind.FASTCGI && values.has(AppKeys.ROOT);
        return scripts ? List.of(".php") : List.of();
    }

    private List<Listen> listens() {
        List<Listen> listens = new ArrayList<>();
        for (Address address : values.find(AppKeys.LISTEN).orElse(List.of())) {
            listens.add(new Listen(
                    address,
                    values.find(AppKeys.LISTEN_OWNER),
                    values.find(AppKeys.LISTEN_GROUP),
                    values.get(AppKeys.LISTEN_MODE),
                    values.get(AppKeys.BACKLOG),
                    allowedClients(address)));
        }
        return List.copyOf(listens);
    }

    private List<String> allowedClients(Address address) {
        boolean open = address instanceof Address.Unix
                || (address.protocol().isHttp() && !values.has(AppKeys.ALLOWED_CLIENTS));
        return open ? List.of() : values.get(AppKeys.ALLOWED_CLIENTS);
    }

    /** {@link Map#copyOf} would lose the order. */
    private static <K, V> Map<K, V> copy(Map<K, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
