package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Kind;
import io.gatepool.config.WorkerSettings;
import io.gatepool.config.WsgiSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command of a worker: what the settings say or, for a WSGI application, Python with the worker program that comes
 * with gatepool (docs/wsgi.md). Asks the file system.
 */
final class WsgiProgram {

    private static final String HOME = "gatepool.home";

    private WsgiProgram() {}

    /** Never empty. */
    static List<String> command(AppSettings settings) {
        return settings.kind() == Kind.WSGI ? wsgi(settings, settings.wsgi().orElseThrow()) : settings.command();
    }

    private static List<String> wsgi(AppSettings settings, WsgiSettings wsgi) {
        List<String> words = new ArrayList<>(List.of(interpreter(wsgi.python())));
        if (!settings.workers().watch().isEmpty()) {
            // No compiled files: Python takes one for current that has the second and the size of its source, too
            // coarse for a change right behind a start.
            words.add("-B");
        }
        words.add(worker());
        words.addAll(List.of("--threads", Integer.toString(wsgi.threads())));
        int multiplex = settings.workers().multiplex();
        if (multiplex != WorkerSettings.AUTO) {
            words.addAll(List.of("--multiplex", Integer.toString(multiplex)));
        }
        if (settings.workers().max() > 1) {
            words.add("--multiprocess");
        }
        for (Path directory : wsgi.pythonPath()) {
            words.addAll(List.of("--pythonpath", directory.toString()));
        }
        words.add(wsgi.module());
        return words;
    }

    /** That of a virtualenv, where it is one. */
    private static String interpreter(String python) {
        Path place = Path.of(python);
        boolean isDirectory = python.contains("/") && Files.isDirectory(place);
        return isDirectory ? place.resolve("bin/python3").toString() : python;
    }

    /** It lies in the distribution, whose launcher says where that is. */
    private static String worker() {
        return Path.of(System.getProperty(HOME, ""))
                .resolve("libexec/gatepool_wsgi.py")
                .toString();
    }
}
