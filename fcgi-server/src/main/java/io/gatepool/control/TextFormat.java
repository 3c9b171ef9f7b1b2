package io.gatepool.control;

import io.gatepool.config.LogFormat;
import io.gatepool.config.Strftime;
import io.gatepool.config.ValueException;
import io.gatepool.process.ExitStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** Lines of text with the fields of a configuration, each field looked up once and for all. */
final class TextFormat extends AccessFormat {

    /** One piece of a line. */
    @FunctionalInterface
    private interface Column {
        void append(AccessEntry entry, StringBuilder out);
    }

    /** As the combined format has it. */
    private static final String COMMON_TIME = "%d/%b/%Y:%H:%M:%S %z";

    private final List<String> variables = new ArrayList<>();
    private final List<String> fields = new ArrayList<>();
    private final List<Column> columns = new ArrayList<>();

    TextFormat(LogFormat.Text format) {
        for (LogFormat.Piece piece : format.pieces()) {
            if (piece instanceof LogFormat.Field field) {
                columns.add(column(field));
            } else if (piece instanceof LogFormat.Literal literal) {
                columns.add((entry, out) -> out.append(literal.text()));
            }
        }
    }

    @Override
    AccessEntry.Wanted wanted() {
        return new AccessEntry.Wanted(variables, fields);
    }

    @Override
    void append(AccessEntry entry, StringBuilder out) {
        for (Column column : columns) {
            column.append(entry, out);
        }
    }

    private Column column(LogFormat.Field field) {
        boolean quoted = field.quoted();
        String argument = field.argument();
        return switch (field.field()) {
            case CLIENT -> variable("REMOTE_ADDR", quoted);
            case IDENT -> (entry, out) -> out.append('-');
            case USER -> variable("REMOTE_USER", quoted);
            case TIME -> bracketed(over(COMMON_TIME));
            case ARRIVED -> arrived(argument.isEmpty() ? COMMON_TIME : argument);
            case OVER -> over(argument.isEmpty() ? COMMON_TIME : argument);
            case REQUEST_LINE -> requestLine();
            case METHOD -> variable("REQUEST_METHOD", quoted);
            case URI -> variable("REQUEST_URI", quoted);
            case PATH -> path(quoted);
            case QUERY -> query(quoted);
            case QUESTION_MARK -> questionMark();
            case PROTOCOL -> variable("SERVER_PROTOCOL", quoted);
            case STATUS -> number(AccessEntry::status);
            case BYTES -> number(AccessEntry::bytes);
            case BYTES_OR_DASH -> numberOrDash(AccessEntry::bytes);
            case REFERER -> variable("HTTP_REFERER", quoted);
            case AGENT -> variable("HTTP_USER_AGENT", quoted);
            case SCRIPT -> variable("SCRIPT_FILENAME", quoted);
            case TOTAL -> (entry, out) -> LogText.seconds(out, entry.totalNanos(), 3);
            case TOTAL_DECIMAL -> (entry, out) -> LogText.seconds(out, entry.totalNanos(), 6);
            case TOTAL_SECONDS -> number(entry -> entry.totalNanos() / 1_000_000_000);
            case TOTAL_MILLIS -> number(entry -> entry.totalNanos() / 1_000_000);
            case TOTAL_MICROS -> number(entry -> entry.totalNanos() / 1_000);
            case DURATION -> duration(argument);
            case QUEUE -> (entry, out) -> LogText.seconds(out, entry.queueNanos(), 3);
            case SERVICE -> TextFormat::service;
            case PID -> numberOrDash(AccessEntry::pid);
            case PARENT -> parent();
            case APP -> (entry, out) -> out.append(entry.app());
            case CONTENT_LENGTH -> variable("CONTENT_LENGTH", quoted);
            case ID -> (entry, out) -> out.append(entry.id());
            case CAUSE -> (entry, out) -> LogText.append(out, entry.cause(), quoted);
            case EXIT -> (entry, out) -> LogText.append(out, exit(entry), quoted);
            case OUTCOME -> TextFormat::outcome;
            case HEADER -> variable(variableOf(argument), quoted);
            case RESPONSE_HEADER -> responseHeader(argument, quoted);
            case VARIABLE -> variable(argument, quoted);
        };
    }

    /** The variable of a header field (RFC 3875, 4.1.18). */
    private static String variableOf(String header) {
        String name = header.toUpperCase(Locale.ROOT).replace('-', '_');
        return name.equals("CONTENT_TYPE") || name.equals("CONTENT_LENGTH") ? name : "HTTP_" + name;
    }

    private static int index(List<String> names, String name) {
        if (!names.contains(name)) {
            names.add(name);
        }
        return names.indexOf(name);
    }

    private Column variable(String name, boolean quoted) {
        int index = index(variables, name);
        return (entry, out) -> LogText.append(out, entry.variables().get(index), quoted);
    }

    private Column responseHeader(String name, boolean quoted) {
        int index = index(fields, name);
        return (entry, out) -> LogText.append(out, entry.fields().get(index), quoted);
    }

    /** Its own blanks are the only ones, in quotation marks or not: the three parts stay three. */
    private Column requestLine() {
        Column method = variable("REQUEST_METHOD", false);
        Column uri = variable("REQUEST_URI", false);
        Column protocol = variable("SERVER_PROTOCOL", false);
        return (entry, out) -> {
            method.append(entry, out);
            out.append(' ');
            uri.append(entry, out);
            out.append(' ');
            protocol.append(entry, out);
        };
    }

    private Column path(boolean quoted) {
        int uri = index(variables, "REQUEST_URI");
        return (entry, out) -> {
            String whole = entry.variables().get(uri);
            int question = whole.indexOf('?');
            LogText.append(out, question < 0 ? whole : whole.substring(0, question), quoted);
        };
    }

    private Column query(boolean quoted) {
        int query = index(variables, "QUERY_STRING");
        return (entry, out) -> {
            String text = entry.variables().get(query);
            if (!text.isEmpty()) {
                LogText.append(out, text, quoted);
            }
        };
    }

    private Column questionMark() {
        int query = index(variables, "QUERY_STRING");
        return (entry, out) -> out.append(entry.variables().get(query).isEmpty() ? "" : "?");
    }

    private static Column over(String format) {
        LogTime time = time(format);
        return (entry, out) -> out.append(time.text(entry.over()));
    }

    private static Column arrived(String format) {
        LogTime time = time(format);
        return (entry, out) -> out.append(time.text(entry.over().minusNanos(entry.totalNanos())));
    }

    private static LogTime time(String format) {
        try {
            return new LogTime(Strftime.formatter(format));
        } catch (ValueException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Column bracketed(Column column) {
        return (entry, out) -> {
            out.append('[');
            column.append(entry, out);
            out.append(']');
        };
    }

    private static Column number(ToLongFunction<AccessEntry> number) {
        return (entry, out) -> out.append(number.applyAsLong(entry));
    }

    private static Column numberOrDash(ToLongFunction<AccessEntry> number) {
        return (entry, out) -> {
            long value = number.applyAsLong(entry);
            if (value == 0) {
                out.append('-');
            } else {
                out.append(value);
            }
        };
    }

    private static Column duration(String unit) {
        if (unit.startsWith("mic")) {
            return number(entry -> entry.totalNanos() / 1_000);
        }
        // Milliseconds have three digits behind the point too.
        int factor = unit.startsWith("mil") ? 1000 : 1;
        return (entry, out) -> LogText.seconds(out, entry.totalNanos() * factor, 3);
    }

    private static void service(AccessEntry entry, StringBuilder out) {
        if (entry.serviceNanos() < 0) {
            out.append('-');
        } else {
            LogText.seconds(out, entry.serviceNanos(), 3);
        }
    }

    private static Column parent() {
        long pid = ProcessHandle.current().pid();
        return (entry, out) -> out.append(pid);
    }

    private static String exit(AccessEntry entry) {
        ExitStatus status = entry.exit();
        return status == null ? "" : LogText.exit(status);
    }

    private static void outcome(AccessEntry entry, StringBuilder out) {
        ExitStatus status = entry.exit();
        if (status != null) {
            out.append(status.signal() == 0 ? " exit=" : " signal=").append(LogText.exit(status));
        }
        if (!entry.cause().isEmpty()) {
            out.append(" cause=").append(entry.cause());
        }
    }
}
