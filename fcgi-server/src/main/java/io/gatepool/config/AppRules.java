package io.gatepool.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the settings of one app must fulfil together. What one value must fulfil alone, its {@link Reader} knows. */
final class AppRules {
    /**
     * A rule.
     *
     * @param at the key to point at; where it is not written, the app
     */
    record Rule(Key<?> at, Predicate<Values> isBroken, String message, String remedy) {}

    private static final String COUNT_REMEDY = "write a number from 1 to " + AppKeys.MAX_PROCESSES;

    private static final List<Rule> RULES = List.of(
            new Rule(
                    AppKeys.KIND,
                    v -> !v.has(AppKeys.KIND),
                    "has no 'kind'",
                    "write kind = \"fastcgi\", \"scgi\", \"cgi\" or \"wsgi\""),
            new Rule(
                    AppKeys.LISTEN,
                    v -> !v.has(AppKeys.LISTEN),
                    "has no 'listen'",
                    "write listen = [\"unix:/run/gatepool/NAME.sock\"], or another address; under spawn-fcgi or another"
                            + " FastCGI manager \"fd:0\""),
            new Rule(
                    AppKeys.COMMAND,
                    v -> (is(Kind.FASTCGI, v) || is(Kind.SCGI, v)) && !v.has(AppKeys.COMMAND),
                    "has no 'command'",
                    "write command = [\"php-cgi\"], or what else starts a worker"),
            new Rule(
                    AppKeys.MODULE,
                    v -> is(Kind.WSGI, v) && !v.has(AppKeys.MODULE),
                    "has no 'module'",
                    AppReaders.WRITE_MODULE),
            new Rule(
                    AppKeys.ROOT,
                    v -> is(Kind.CGI, v) && !v.has(AppKeys.ROOT) && !v.has(AppKeys.SCRIPT),
                    "has neither 'root' nor 'script'",
                    "write root = DIRECTORY for many scripts, script = FILE for one"),
            new Rule(
                    AppKeys.SCRIPT,
                    v -> v.has(AppKeys.ROOT) && v.has(AppKeys.SCRIPT) && !is(Kind.FASTCGI, v),
                    "has both 'root' and 'script'",
                    "leave out root to run one program, or script to run many"),
            new Rule(
                    AppKeys.FALLBACK,
                    v -> v.has(AppKeys.FALLBACK) && !v.has(AppKeys.ROOT),
                    "has 'fallback' without 'root'",
                    "write root = DIRECTORY: fallback is a script in it"),
            new Rule(
                    AppKeys.USER,
                    v -> v.find(AppKeys.USER).equals(Optional.of(ProcessSettings.OWNER))
                            && v.has(AppKeys.KIND)
                            && !is(Kind.CGI, v),
                    "has user = \"@owner\", which is for scripts: a worker belongs to nobody",
                    "write the name of a user, or kind = \"cgi\""),
            new Rule(
                    AppKeys.GROUP,
                    v -> v.has(AppKeys.GROUP) && !v.has(AppKeys.USER),
                    "has 'group' without 'user'",
                    "write user = NAME as well: groups change together with the user"),
            new Rule(
                    AppKeys.SUPPLEMENTARY_GROUPS,
                    v -> v.has(AppKeys.SUPPLEMENTARY_GROUPS) && !v.has(AppKeys.USER),
                    "has 'supplementary_groups' without 'user'",
                    "write user = NAME as well: groups change together with the user"),
            new Rule(
                    AppKeys.WORKERS_START,
                    v -> exceedsMax(AppKeys.WORKERS_START, v),
                    "has a 'workers.start' over its 'workers.max'",
                    "write a smaller one, or more workers.max"),
            new Rule(
                    AppKeys.WORKERS_MAX_SPARE,
                    v -> exceedsMax(AppKeys.WORKERS_MAX_SPARE, v),
                    "has a 'workers.max_spare' over its 'workers.max'",
                    "write a smaller one, or more workers.max"),
            new Rule(
                    AppKeys.WORKERS_MIN_SPARE,
                    v -> upToMax(AppKeys.WORKERS_MIN_SPARE, v) > upToMax(AppKeys.WORKERS_MAX_SPARE, v),
                    "has a 'workers.min_spare' over its 'workers.max_spare'",
                    "write a smaller one, or more workers.max_spare"),
            new Rule(
                    AppKeys.MAX_RSS_HARD,
                    v -> v.get(AppKeys.MAX_RSS_HARD) < v.get(AppKeys.MAX_RSS_SOFT) && v.has(AppKeys.MAX_RSS_SOFT),
                    "has a 'max_rss.hard' below its 'max_rss.soft'",
                    "the hard limit kills what the soft one could not replace: make it the larger one"),
            new Rule(
                    AppKeys.USER,
                    v -> v.find(AppKeys.USER).equals(Optional.of(ProcessSettings.OWNER)) && hasHooks(v),
                    "has hooks and user = \"@owner\", which is for scripts: a hook belongs to nobody",
                    "write the name of a user, or leave the hooks out"),
            new Rule(
                    AppKeys.HOOKS_REQUIRED,
                    v -> !v.get(AppKeys.HOOKS_REQUIRED).isEmpty() && !v.has(AppKeys.HOOKS_BEFORE_START),
                    "requires a hook that it does not have",
                    "write hooks.before_start = [\"program\", \"argument\", ...]"),
            // A file's readers have seen to these; the options of the command line come here as they are.
            new Rule(
                    AppKeys.MOUNT,
                    v -> !AppReaders.isMount(v.get(AppKeys.MOUNT)),
                    "has a 'mount' that is no path",
                    AppReaders.MOUNT_REMEDY),
            new Rule(
                    AppKeys.MODULE,
                    v -> !v.find(AppKeys.MODULE).map(AppReaders::isModule).orElse(true),
                    "has a 'module' that is no WSGI application",
                    AppReaders.WRITE_MODULE),
            new Rule(
                    AppKeys.WORKERS_MAX,
                    v -> !isCount(v.get(AppKeys.WORKERS_MAX)),
                    "has a number of workers that is out of range",
                    COUNT_REMEDY),
            new Rule(
                    AppKeys.MAX_RUNNING,
                    v -> !isCount(v.get(AppKeys.MAX_RUNNING)),
                    "has a 'max_running' that is out of range",
                    COUNT_REMEDY));

    private AppRules() {}

    private static boolean isCount(int number) {
        return number >= 1 && number <= AppKeys.MAX_PROCESSES;
    }

    private static boolean exceedsMax(Key<Integer> key, Values values) {
        return values.find(key)
                .filter(number -> number > values.get(AppKeys.WORKERS_MAX))
                .isPresent();
    }

    /** A number of workers; a default that is more than there may be is cut. */
    static int upToMax(Key<Integer> key, Values values) {
        return values.has(key) ? values.get(key) : Math.min(values.get(key), values.get(AppKeys.WORKERS_MAX));
    }

    private static boolean hasHooks(Values values) {
        return Stream.of(AppKeys.HOOKS_BEFORE_START, AppKeys.HOOKS_READY, AppKeys.HOOKS_STOPPED, AppKeys.HOOKS_FAILING)
                .anyMatch(values::has);
    }

    private static boolean is(Kind kind, Values values) {
        return values.find(AppKeys.KIND).equals(Optional.of(kind));
    }

    static Optional<Rule> firstBroken(Values values) {
        return RULES.stream().filter(rule -> rule.isBroken().test(values)).findFirst();
    }

    /**
     * Reports every rule that the app breaks.
     *
     * @param values its own, with those of {@code [defaults]} under them
     * @return whether it breaks none
     */
    static boolean check(Setting app, Values values) {
        boolean good = true;
        for (Rule rule : RULES) {
            if (rule.isBroken().test(values)) {
                Setting at = values.place(rule.at()).orElse(app);
                at.refuseKey(app.section() + " " + rule.message(), Optional.of(rule.remedy()));
                good = false;
            }
        }
        Optional<Kind> kind = values.find(AppKeys.KIND);
        boolean allowed = kind.isEmpty() || onlyKeysOf(kind.get(), app, values);
        return good && allowed;
    }

    /** In {@code [defaults]} keys of every kind may stand, in an app only those that work there. */
    private static boolean onlyKeysOf(Kind kind, Setting app, Values values) {
        boolean good = true;
        for (var written : values.places().entrySet()) {
            List<Kind> only = written.getKey().only();
            if (!only.isEmpty() && !only.contains(kind)) {
                String kinds = only.stream()
                        .map(one -> "\"" + one.text() + "\"")
                        .collect(Collectors.joining(", "))
                        .replaceFirst(", (?=[^,]*$)", " or ");
                written.getValue()
                        .refuseKey(
                                app.section() + " " + written.getKey() + " is for kind = " + kinds,
                                Optional.of("this app has kind = \"" + kind.text() + "\": leave it out"));
                good = false;
            }
        }
        return good;
    }
}
