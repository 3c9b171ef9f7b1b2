package io.gatepool.cli;

import io.gatepool.process.SearchPath;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the forms of a script are served. They get the same SCRIPT_NAME, PATH_INFO and variables, and as many processes
 * at a time.
 */
final class Compared {

    private static final String PHP = ".php";

    /**
     * A script and its persistent form.
     *
     * @param directory where the latter works
     */
    record Forms(
            Path script,
            @Nullable String fastcgi,
            @Nullable String wsgi,
            Path directory,
            @Nullable String python) {

        boolean isPhp() {
            return script.toString().endsWith(PHP);
        }

        Path place() {
            return Optional.ofNullable(script.getParent()).orElse(Path.of("/"));
        }
    }

    private final Forms forms;
    private final int workers;
    private final Map<String, String> variables;
    private final Optional<String> user;
    private final boolean rootAllowed;
    private final List<String> php;
    private final List<String> command;
    private final String python;

    /** @throws IllegalArgumentException when a program is missing, with what to do */
    Compared(Forms forms, int workers, Map<String, String> variables, Optional<String> user, boolean rootAllowed) {
        this.forms = forms;
        this.workers = workers;
        this.variables = variables;
        this.user = user;
        this.rootAllowed = rootAllowed;
        this.php = forms.isPhp() ? List.of(phpCgi()) : List.of();
        this.python = forms.wsgi() == null ? "" : Python.find(forms.python(), forms.directory());
        this.command = command(forms);
    }

    private static List<String> command(Forms forms) {
        if (forms.fastcgi() == null) {
            return forms.isPhp() && forms.wsgi() == null ? List.of(phpCgi()) : List.of();
        }
        try {
            return CommandWords.found(forms.fastcgi(), forms.directory());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--fastcgi: " + e.getMessage(), e);
        }
    }

    private static String phpCgi() {
        return SearchPath.find("php-cgi", Path.of("/"), String.valueOf(System.getenv("PATH")))
                .orElseThrow(() -> new IllegalArgumentException(
                        "a .php file is run by php-cgi, which is not in PATH; on Debian: apt install php-cgi"))
                .toString();
    }

    /** The path under which the script is found. */
    static String mount(Path script) {
        return "/" + script.getFileName();
    }

    boolean isPersistentToo() {
        return !command.isEmpty() || forms.wsgi() != null;
    }

    boolean rootAllowed() {
        return rootAllowed;
    }

    /** Where the script lies. */
    Path place() {
        return forms.place();
    }

    /** The script as CGI. */
    ComparedApp forked() {
        ComparedApp app = app("cgi").set("max_running", Integer.toString(workers));
        return forms.isPhp()
                ? app.set("root", ComparedApp.text(forms.place().toString()))
                        .set("interpreters", "{ \".php\" = " + ComparedApp.texts(php) + " }")
                : app.set("script", ComparedApp.text(forms.script().toString()));
    }

    String howForked() {
        return String.join(" ", php) + (php.isEmpty() ? "" : " ") + forms.script()
                + ", a new process for each request, at most " + workers + " at a time";
    }

    /** Its persistent form. */
    ComparedApp persistent() {
        boolean isWsgi = forms.wsgi() != null;
        ComparedApp app = app(isWsgi ? "wsgi" : "fastcgi")
                .set("start_timeout", "\"15s\"")
                .set("workers.mode", "\"static\"")
                .set("workers.max", Integer.toString(workers))
                .set("chdir", ComparedApp.text(forms.directory().toString()));
        if (forms.wsgi() != null) {
            return app.set("module", ComparedApp.text(forms.wsgi())).set("python", ComparedApp.text(python));
        }
        app.set("command", ComparedApp.texts(command));
        return forms.isPhp() ? app.set("root", ComparedApp.text(forms.place().toString())) : app;
    }

    String howPersistent() {
        return (forms.wsgi() != null ? "WSGI " + forms.wsgi() : String.join(" ", command)) + ", " + workers
                + (workers == 1 ? " process that stays" : " processes that stay");
    }

    /** A program that does nothing but answer: cat, with a head for a file. */
    ComparedApp empty(Path directory) {
        return app("cgi")
                .set("max_running", Integer.toString(workers))
                .set("script", ComparedApp.text(directory.resolve("empty.head").toString()))
                .set("interpreters", "{ \".head\" = [\"/bin/cat\"] }");
    }

    String howEmpty() {
        return "/bin/cat of an empty answer, a new process for each request, at most " + workers + " at a time";
    }

    private ComparedApp app(String kind) {
        // PHP finds the script below a root, so it is at the top of it.
        ComparedApp app = new ComparedApp(kind, forms.isPhp() ? "/" : mount(forms.script()));
        user.ifPresent(name -> app.set("user", ComparedApp.text(name)));
        return variables.isEmpty() ? app : app.set("env", ComparedApp.table(variables));
    }
}
