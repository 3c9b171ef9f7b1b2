package io.gatepool.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Options of gunicorn and uwsgi that {@code gatepool wsgi} does not have, and what to do instead: for those whose
 * fingers know them. docs/from-gunicorn.md and docs/from-uwsgi.md say more.
 */
final class ForeignOptions {

    private static final String IN_FILE = "; another value needs a configuration file for 'gatepool serve'";
    private static final String LEAVE_OUT = "leave it out";

    /** Names, one or several with a blank in between, to what to do. */
    private static final Map<String, String> REMEDIES = spread(Map.ofEntries(
            // gunicorn: processes
            Map.entry(
                    "-k --worker-class",
                    "there is one kind of worker: leave it out; in place of gthread write --threads N;"
                            + " gevent, eventlet, tornado and ASGI are not there"),
            Map.entry("--worker-connections", "a thread serves one request at a time: write --threads N"),
            Map.entry("--preload --preload-app", "every process loads the application itself: " + LEAVE_OUT),
            Map.entry(
                    "-c --config",
                    "gunicorn.conf.py is not read: write its settings as options, or as an app for 'gatepool serve'"
                            + " (docs/from-gunicorn.md)"),
            Map.entry(
                    "-D --daemon --daemonize",
                    "it stays in the foreground: let systemd start it (conf/gatepool.service), or append &"),
            Map.entry("-p --pid --pidfile", "no file is needed: the log says the pid, and systemd knows it"),
            Map.entry("-n --name --procname", "the app has the name of its module" + IN_FILE + ": [app.NAME]"),
            Map.entry("-m --umask", "it is 022" + IN_FILE + ": umask = \"027\""),
            Map.entry("--initgroups", "the groups of --user are always taken: " + LEAVE_OUT),
            Map.entry("--reload-engine", "there is one: write --reload"),
            Map.entry("--reload-extra-file", "--reload looks at *.py" + IN_FILE + ": watch = [\"*.py\", \"*.html\"]"),
            Map.entry("--check-config --print-config", "write 'gatepool check -c FILE' for a configuration file"),
            Map.entry("--spew", "it is not there: USR1 makes a process print its stacks"),
            Map.entry("--worker-tmp-dir", "there is no heartbeat file: " + LEAVE_OUT),
            // gunicorn: HTTP
            Map.entry("--keep-alive", "idle connections stay for 75 s" + IN_FILE + ": keep_alive in [http]"),
            Map.entry("--backlog", "it is 511" + IN_FILE + ": backlog = 2048"),
            Map.entry("--limit-request-line", "it is 8190" + IN_FILE + ": request_line in [http]"),
            Map.entry("--limit-request-fields", "it is 100" + IN_FILE + ": headers in [http]"),
            Map.entry(
                    "--limit-request-field_size --limit-request-field-size",
                    "it is 8190" + IN_FILE + ": header_size in [http]"),
            Map.entry("--no-sendfile --sendfile", "it changes nothing here: " + LEAVE_OUT),
            Map.entry("--reuse-port", "one process listens: " + LEAVE_OUT),
            Map.entry("--proxy-protocol --proxy-allow-from", "the PROXY protocol is not there"),
            Map.entry(
                    "--ssl-version --ciphers --suppress-ragged-eofs --do-handshake-on-connect",
                    "TLS 1.2 and 1.3 are what Java makes of them: " + LEAVE_OUT),
            Map.entry("--cert-reqs --ca-certs", "clients are not asked for certificates: let a web server do that"),
            Map.entry(
                    "--strip-header-spaces --tolerate-dangerous-framing --permit-obsolete-folding"
                            + " --permit-unconventional-http-method --permit-unconventional-http-version"
                            + " --casefold-http-method --header-map --forwarder-headers",
                    "what is dubious is always refused (docs/http.md): " + LEAVE_OUT),
            // gunicorn: logs
            Map.entry("--capture-output", "what processes print is always in the log: " + LEAVE_OUT),
            Map.entry("--enable-stdio-inheritance", "what processes print is always in the log: " + LEAVE_OUT),
            Map.entry(
                    "--logger-class --log-config --log-config-dict --log-config-json",
                    "loggers are not configured" + " here: write --log-level, --error-logfile, --access-logformat"),
            Map.entry(
                    "--log-syslog --log-syslog-to --log-syslog-prefix --log-syslog-facility"
                            + " --disable-redirect-access-to-syslog",
                    "under systemd the log goes to the journal: " + LEAVE_OUT),
            Map.entry(
                    "--statsd-host --statsd-prefix --dogstatsd-tags",
                    "metrics are for Prometheus, at /metrics" + IN_FILE + ": admin in [server]"),
            Map.entry(
                    "--paste --paster --paste-global", "write FILE.py:app, with app = loadapp(\"config:FILE\") in it"),
            // uwsgi
            Map.entry("--http --http-socket", "write -b HOST:PORT"),
            Map.entry(
                    "-s --socket --uwsgi-socket",
                    "write -b fastcgi:HOST:PORT or -b fastcgi:unix:PATH, and"
                            + " fastcgi_pass in nginx; the uwsgi protocol is not spoken"),
            Map.entry("--fastcgi-socket", "write -b fastcgi:HOST:PORT or -b fastcgi:unix:PATH"),
            Map.entry("--module --wsgi --wsgi-file --file --callable", "write MODULE:NAME or FILE.py:NAME at the end"),
            Map.entry("-H --home --virtualenv --venv --pyhome", "write --python DIR"),
            Map.entry("--processes --cheaper", "write -w N"),
            Map.entry("-M --master --lazy-apps --enable-threads --single-interpreter", "it is always so: " + LEAVE_OUT),
            Map.entry("--harakiri", "write -t SECONDS, which is silence, not the whole of a request"),
            Map.entry("--py-autoreload --python-autoreload --touch-reload", "write --reload, or send HUP"),
            Map.entry(
                    "--ini --yaml --json --xml", "write options, or an app for 'gatepool serve' (docs/from-uwsgi.md)"),
            Map.entry("--uid", "write --user USER"),
            Map.entry("--gid", "write --group GROUP"),
            Map.entry("--static-map --static-index --check-static", "files are the web server's business"),
            Map.entry("--stats", "write 'gatepool status'")));

    private ForeignOptions() {}

    private static Map<String, String> spread(Map<String, String> table) {
        Map<String, String> each = new TreeMap<>();
        table.forEach((names, remedy) -> List.of(names.split(" ", -1)).forEach(name -> each.put(name, remedy)));
        return each;
    }

    /** All the options, with their dashes. */
    static Set<String> names() {
        return REMEDIES.keySet();
    }

    /** What to do in place of the first of {@code words} that is such an option, named as it was typed. */
    static Optional<String> remedy(List<String> words) {
        return words.stream()
                .filter(word -> word.startsWith("-"))
                .flatMap(word -> find(word).stream().map(remedy -> word + ": " + remedy))
                .findFirst();
    }

    /** {@code --pid=FILE} and {@code -pFILE} are options with their values. */
    private static Optional<String> find(String word) {
        String name =
                word.startsWith("--") ? word.replaceFirst("=.*", "") : word.substring(0, Math.min(2, word.length()));
        return Optional.ofNullable(REMEDIES.get(name));
    }
}
