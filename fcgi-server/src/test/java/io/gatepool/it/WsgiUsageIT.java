package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@code gatepool wsgi} says of a command line that is wrong: the option, the value, and what to write instead.
 */
class WsgiUsageIT {

    private static final int USAGE = 2;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "^^                                 | Missing required parameter: 'MODULE:APP'",
                "-w 0 hello:app                     | -w 0: write a number from 1",
                "-w x hello:app                     | '--workers': 'x' is not a whole number",
                "-b nonsense hello:app              | -b nonsense: \"nonsense\" has no port; write [http:",
                "--threads 4000 hello:app           | --threads 4000: write a number from 1 to 1000",
                "-t -5 hello:app                    | -t -5: write a number from 0",
                "-e NOT_SET hello:app               | -e NOT_SET: NOT_SET is not set here; write NAME=VALUE",
                "-e =x hello:app                    | -e =x: it has no name; write NAME=VALUE",
                "--chdir /no/such hello:app         | --chdir /no/such: there is no such directory",
                "--pythonpath /no/such hello:app    | --pythonpath /no/such: there is no such directory",
                "--python /no/such hello:app        | --python /no/such: it does not exist; write the path of an interpreter, or of a virtualenv",
                "--python /etc hello:app            | --python /etc: the directory is no virtualenv, for it has no bin/python3; make it one with 'python3 -m venv /etc'",
                "--python python9 hello:app         | --python python9: there is no such program in PATH",
                "--forwarded-allow-ips x hello:app  | --forwarded-allow-ips: 'x' is not an IP address or network; write one such as",
                "--log-level loud hello:app         | --log-level loud: write error, warn, info, debug or trace",
                "--root /tmp hello:app              | --root: a WSGI application has no directory of scripts; write --chdir DIR",
                "--mount shop hello:app             | 'mount' that is no path; write \"/\"",
                ":app                               | 'module' that is no WSGI application",
                "--max-requets 5 hello:app          | Possible solutions: --max-requests",
                // gunicorn's
                "-k gevent hello:app                | -k: there is one kind of worker: leave it out; in place of gthread write --threads N",
                "--worker-class=gthread hello:app   | --worker-class=gthread: there is one kind of worker",
                "--preload hello:app                | --preload: every process loads the application itself: leave it out",
                "-c gunicorn.conf.py hello:app      | -c: gunicorn.conf.py is not read: write its settings as options",
                "-D hello:app                       | -D: it stays in the foreground: let systemd start it",
                "-p /run/hello.pid hello:app        | -p: no file is needed",
                "--statsd-host localhost hello:app  | --statsd-host: metrics are for Prometheus",
                // uwsgi's
                "--http :8000 hello:app             | --http: write -b HOST:PORT",
                "--module hello:app                 | --module: write MODULE:NAME or FILE.py:NAME at the end",
                "--virtualenv venv hello:app        | --virtualenv: write --python DIR",
                "--master hello:app                 | --master: it is always so: leave it out",
            })
    void aWrongCommandLineIsToldWhatToWrite(String line, String message, @TempDir Path directory) throws Exception {
        assertWrong(Map.of(), line, message, directory);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "WEB_CONCURRENCY | x | WEB_CONCURRENCY x: write a number from 1",
                "WEB_CONCURRENCY | 0 | WEB_CONCURRENCY 0: write a number from 1",
                "PORT            | x | the environment's PORT, 0.0.0.0:x: \"0.0.0.0:x\": 'x' is not a port; write",
                "VIRTUAL_ENV     | /no/such | VIRTUAL_ENV /no/such: it does not exist",
            })
    void aWrongVariableIsNamed(String name, String value, String message, @TempDir Path directory) throws Exception {
        assertWrong(Map.of(name, value), "hello:app", message, directory);
    }

    private static void assertWrong(Map<String, String> variables, String line, String message, Path directory)
            throws Exception {
        String[] words = ("wsgi" + (line.isEmpty() ? "" : " " + line)).split(" ", -1);
        try (Running wrong = Daemon.start(variables, directory, words)) {
            assertThat(wrong.awaitExit()).as(wrong.output()).isEqualTo(USAGE);
            assertThat(wrong.output())
                    .contains(message, "Usage: gatepool wsgi [OPTIONS] MODULE:APP", "See 'gatepool wsgi --help'.")
                    .doesNotContain("Exception", "\tat ", "--access-logformat");
        }
    }
}
