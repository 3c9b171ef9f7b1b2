package io.gatepool.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What tests of WSGI applications have in common: the applications, Debian's Python, and its packages. */
final class WsgiHouse {

    /** Debian's own: it is the one that has Debian's packages. */
    static final String PYTHON = "/usr/bin/python3";

    static final Path APPS = Daemon.TEST_APPS.resolve("wsgi");

    private static final String PACKAGES = "/usr/lib/python3/dist-packages/";

    private WsgiHouse() {}

    static void needsPython() {
        Needs.file(PYTHON, "python3");
    }

    static void needsWerkzeug() {
        Needs.file(PACKAGES + "werkzeug", "python3-werkzeug");
    }

    static void needsFlask() {
        Needs.file(PACKAGES + "flask", "python3-flask");
    }

    static void needsBottle() {
        Needs.file(PACKAGES + "bottle.py", "python3-bottle");
    }

    static void needsDjango() {
        Needs.file(PACKAGES + "django", "python3-django");
    }

    /** An app of kind "wsgi" whose module lies in {@code directory}, over HTTP, mounted at "/". */
    static String app(String name, String module, Path directory, String settings) {
        return app(name, module, directory, "/", "http:127.0.0.1:0", settings);
    }

    static String app(String name, String module, Path directory, String mount, String listen, String settings) {
        return """

                [app.%s]
                kind = "wsgi"
                module = "%s"
                python = "%s"
                chdir = "%s"
                mount = "%s"
                listen = ["%s"]
                env.PYTHONDONTWRITEBYTECODE = "1"
                %s
                """.formatted(name, module, PYTHON, directory, mount, listen, settings);
    }

    /** A module whose "app" answers with {@code text}. */
    static Path module(Path directory, String name, String text) throws Exception {
        return replace(directory.resolve(name + ".py"), """
                def app(environ, start_response):
                    start_response("200 OK", [("Content-Type", "text/plain")])
                    return [b"%s"]
                """.formatted(text));
    }

    /** Writes a file as an editor does, so that nobody reads half of it. */
    static Path replace(Path file, String text) throws Exception {
        Path written = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
        return Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Starts {@code gatepool wsgi} with Debian's Python on a port of the system's choice. */
    static Daemon command(Path directory, String... arguments) throws Exception {
        return command(Map.of(), directory, arguments);
    }

    /** The same with these variables as well. */
    static Daemon command(Map<String, String> variables, Path directory, String... arguments) throws Exception {
        List<String> words =
                new ArrayList<>(List.of("wsgi", "-R", "--python", PYTHON, "-e", "PYTHONDONTWRITEBYTECODE=1"));
        if (!variables.containsKey("PORT")) {
            words.addAll(List.of("-b", "127.0.0.1:0"));
        }
        words.addAll(List.of(arguments));
        return Daemon.command(variables, directory, words.toArray(String[]::new));
    }
}
