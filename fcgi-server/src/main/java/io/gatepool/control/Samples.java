package io.gatepool.control;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the index page links to: the scripts that lie at the top of an application's root. Not for the event loop. */
public final class Samples {

    private static final int MOST = 30;

    private Samples() {}

    /** Paths below the mount; "" or "/" alone for an application that is not a directory of scripts. */
    public static List<String> of(AppSettings app) {
        if (app.root().isEmpty()) {
            // Frameworks in Python redirect from the mount itself to the slash behind it.
            boolean slash = app.kind() == Kind.WSGI && !app.mount().equals("/");
            return List.of(slash ? "/" : "");
        }
        try (Stream<Path> files = Files.list(app.root().get())) {
            List<String> scripts = files.filter(file -> isScript(app, file))
                    .map(file -> "/" + file.getFileName())
                    .sorted()
                    .limit(MOST)
                    .toList();
            return scripts.isEmpty() ? List.of("") : scripts;
        } catch (IOException e) {
            return List.of("");
        }
    }

    private static boolean isScript(AppSettings app, Path file) {
        String name = file.getFileName().toString();
        boolean known = app.extensions().stream().anyMatch(name::endsWith)
                || app.interpreters().keySet().stream().anyMatch(name::endsWith);
        return Files.isRegularFile(file) && (known || (app.kind() == Kind.CGI && Files.isExecutable(file)));
    }
}
