package io.gatepool.config;

import io.gatepool.cgi.EnvText;
import io.gatepool.process.Signals;
import java.nio.file.FileSystems;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** Readers for values that only apps have. */
final class AppReaders {
    static final String MOUNT_REMEDY = "write \"/\", or a path such as \"/cgi-bin\"";

    private static final String WRITE_KIND = "write \"fastcgi\", \"scgi\", \"cgi\" or \"wsgi\"";

    static final String WRITE_MODULE = "write module = \"shop:app\": the module, a colon, the application in it";

    private AppReaders() {}

    static Reader<Kind> kind() {
        return Readers.oneOf(
                "a kind of app",
                Arrays.stream(Kind.values()).collect(Collectors.toMap(Kind::text, Function.identity())),
                List.of("uwsgi"),
                WRITE_KIND);
    }

    static Reader<WorkerSettings.Mode> workersMode() {
        return Readers.oneOf(
                "a mode",
                Map.of(
                        "static", WorkerSettings.Mode.STATIC,
                        "dynamic", WorkerSettings.Mode.DYNAMIC,
                        "ondemand", WorkerSettings.Mode.ONDEMAND),
                List.of(),
                "write \"static\", \"dynamic\" or \"ondemand\"");
    }

    /** {@code "auto"} or a number. */
    static Reader<Integer> multiplex() {
        Reader<Integer> number = Readers.count(1, 1000);
        return setting -> "auto".equals(setting.value()) ? Optional.of(WorkerSettings.AUTO) : number.read(setting);
    }

    /** What the worker of a WSGI app loads: {@code module:attribute}, as gunicorn and uwsgi spell it. */
    static Reader<String> module() {
        return Readers.text().check(AppReaders::isModule, "is no WSGI application", WRITE_MODULE);
    }

    static boolean isModule(String text) {
        return !text.isBlank()
                && !text.startsWith("-")
                && !text.startsWith(":")
                && text.chars().noneMatch(Character::isISOControl);
    }

    /** {@code "10%"}. */
    static Reader<Integer> percent() {
        return Readers.text()
                .check(text -> text.matches("(100|[0-9]{1,2}) ?%"), "is no percentage", "write \"0%\" to \"100%\"")
                .map(text -> Integer.valueOf(text.replace("%", "").strip()));
    }

    /** A signal that may be sent to a worker that hangs. */
    static Reader<String> signal() {
        return Readers.text()
                .check(
                        name -> Signals.number(name) > 0 && !name.equals("KILL") && !name.equals("STOP"),
                        "is no signal to have a worker tell where it hangs",
                        "write a name without SIG, such as \"USR1\" or \"QUIT\"");
    }

    /** A pattern for files, as shells have them. */
    static Reader<String> glob() {
        return Readers.text()
                .check(AppReaders::isGlob, "is no pattern for files", "write one such as \"*.py\" or \"app/**.html\"");
    }

    private static boolean isGlob(String text) {
        try {
            FileSystems.getDefault().getPathMatcher("glob:" + text);
            return true;
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    static Reader<String> urlPath() {
        return Readers.text()
                .check(path -> path.startsWith("/"), "does not start with a slash", "write one such as \"/health\"");
    }

    static Reader<String> network() {
        return Readers.text()
                .check(
                        IpLiteral::isNetwork,
                        "is not an IP address or network",
                        "write one such as \"192.0.2.7\" or \"10.0.0.0/8\"");
    }

    static Reader<String> mount() {
        return Readers.text()
                .check(mount -> mount.startsWith("/"), "does not start with a slash", MOUNT_REMEDY)
                .check(mount -> mount.equals("/") || !mount.endsWith("/"), "ends with a slash", MOUNT_REMEDY)
                .check(AppReaders::isMount, "has an empty part, a '.' or a '..'", MOUNT_REMEDY);
    }

    static boolean isMount(String path) {
        return path.equals("/") || (path.startsWith("/") && isPlain(path.substring(1)));
    }

    static Reader<String> fallback() {
        return Readers.text()
                .check(
                        path -> path.startsWith("/") && isPlain(path.substring(1)),
                        "is not the path of a script",
                        "write it from the root, such as \"/index.php\"");
    }

    private static boolean isPlain(String path) {
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }

    static Reader<String> fileName() {
        return Readers.text()
                .check(
                        name -> isPlain(name) && name.indexOf('/') < 0,
                        "is not the name of a file",
                        "write one without slashes, such as \"index.php\"");
    }

    static Reader<String> extension() {
        return Readers.text()
                .check(AppReaders::isExtension, "is not an extension", "write one with its dot, such as \".php\"");
    }

    private static boolean isExtension(String text) {
        return text.length() > 1 && text.startsWith(".") && text.indexOf('/') < 0;
    }

    static Reader<Map<String, List<String>>> interpreters() {
        return ListReaders.tableOf(
                ListReaders.command(),
                AppReaders::isExtension,
                "is not an extension",
                "write { \".pl\" = [\"/usr/bin/perl\"] }");
    }

    static Reader<UidRange> uidRange() {
        return setting -> {
            Optional<String> text = Readers.text().read(setting);
            if (text.isEmpty()) {
                return Optional.empty();
            }
            Optional<UidRange> range = UidRange.parse(text.get());
            return range.isPresent()
                    ? range
                    : setting.refuse(
                            Shown.quoted(text.get()) + " is not a range of user ids",
                            "write one such as \"1000-59999\"; 0, which is root, is never in it");
        };
    }

    static Reader<Hook> requiredHook() {
        return Readers.oneOf(
                "a hook that can be required",
                Map.of(Hook.BEFORE_START.text(), Hook.BEFORE_START),
                List.of(),
                "write [\"before_start\"], or leave it out");
    }

    static Reader<String> envName() {
        return Readers.text()
                .check(AppReaders::isVariable, "is no name for a variable", "it may not have a '=' or a blank");
    }

    private static boolean isVariable(String name) {
        return !name.isEmpty() && name.indexOf('=') < 0 && name.indexOf('\0') < 0;
    }

    static Reader<Map<String, String>> env() {
        return ListReaders.tableOf(
                envText(),
                AppReaders::isVariable,
                "is no name for a variable",
                "it may not be empty, nor have a '=' or a NUL");
    }

    private static Reader<String> envText() {
        return setting -> {
            Optional<String> text = Readers.argument().read(setting);
            Optional<String> fault = text.flatMap(EnvText::fault);
            return fault.isPresent()
                    ? setting.refuse(
                            Shown.value(setting.value()) + " " + fault.get(),
                            "write ${NAME} for the value of another variable, $${ for the two characters")
                    : text;
        };
    }
}
