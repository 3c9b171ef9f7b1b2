package io.gatepool.control;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One line of JSON that somebody has sent: {@code {"command": "drain", "app": "shop"}}. Its fields are checked, and are
 * of the types that they must be of.
 *
 * @param app empty when there is none
 * @param id of a request; empty when there is none
 * @param flag {@code now} or {@code changed}
 * @param workers for scale; -1 when there is none
 */
record ControlRequest(Verb verb, String app, String id, boolean flag, int workers) {

    private static final Set<String> GENERAL = Set.of("command", "protocol");
    private static final int SHOWN = 60;

    /** @throws Rejection saying what is wrong with it, and where */
    static ControlRequest parse(String line) throws Rejection {
        Map<String, Object> fields = fields(line);
        if (!Integer.valueOf(ControlSocket.PROTOCOL).equals(fields.getOrDefault("protocol", ControlSocket.PROTOCOL))) {
            throw new Rejection(
                    "other-protocol",
                    "this gatepool speaks protocol " + ControlSocket.PROTOCOL + ", not "
                            + shown(fields.get("protocol")),
                    "protocol",
                    "use the command line of the version that runs");
        }
        String command = text(fields, "command");
        Verb verb = Verb.of(command).orElseThrow(() -> unknownCommand(command));
        for (String name : fields.keySet()) {
            if (!GENERAL.contains(name) && !verb.takes(name)) {
                throw new Rejection(
                        "bad-request", verb.text() + " has no field " + shown(name), shown(name), "leave it out");
            }
        }
        for (String name : verb.required()) {
            if (!fields.containsKey(name)) {
                throw new Rejection("bad-request", verb.text() + " needs \"" + name + "\"", name, "add it");
            }
        }
        return new ControlRequest(
                verb,
                text(fields, "app"),
                text(fields, "id"),
                flag(fields, "now") || flag(fields, "changed"),
                number(fields, "workers"));
    }

    static Rejection unknownCommand(String command) {
        String all = Arrays.stream(Verb.values()).map(Verb::text).collect(Collectors.joining(", "));
        return new Rejection(
                "unknown-command",
                command.isEmpty() ? "which command?" : "there is no command " + shown(command),
                "command",
                "one of " + all);
    }

    private static Map<String, Object> fields(String line) throws Rejection {
        try {
            return JSON.std.mapFrom(line);
        } catch (IOException e) {
            throw new Rejection(
                    "bad-request",
                    "a line with a JSON object is wanted, not " + shown(line),
                    "request",
                    "such as {\"command\": \"status\"}");
        }
    }

    private static String text(Map<String, Object> fields, String name) throws Rejection {
        Object value = fields.getOrDefault(name, "");
        if (value instanceof String text) {
            return text;
        }
        throw wrongType(name, "a string", value);
    }

    private static boolean flag(Map<String, Object> fields, String name) throws Rejection {
        Object value = fields.getOrDefault(name, false);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrongType(name, "true or false", value);
    }

    private static int number(Map<String, Object> fields, String name) throws Rejection {
        Object value = fields.getOrDefault(name, -1);
        if (value instanceof Integer number) {
            return number;
        }
        throw wrongType(name, "a number", value);
    }

    private static Rejection wrongType(String name, String wanted, @Nullable Object value) {
        return new Rejection(
                "bad-request",
                "\"" + name + "\": " + wanted + " is wanted, not " + shown(value),
                name,
                "write " + wanted);
    }

    private static String shown(@Nullable Object value) {
        String text = String.valueOf(value);
        return "'" + (text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text) + "'";
    }
}
