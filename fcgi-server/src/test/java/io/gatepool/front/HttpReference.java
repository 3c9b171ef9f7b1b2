package io.gatepool.front;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The grammar of RFC 9112, strictly, over the whole input at once and by regular expressions: slow, and as unlike the
 * decoder as can be. Limits of size are not its business.
 */
final class HttpReference {

    private static final String TCHAR = "[!#$%&'*+.^_`|~0-9A-Za-z-]";
    private static final Pattern REQUEST_LINE =
            Pattern.compile("(" + TCHAR + "+) ([^\\x00-\\x20\\x7f]+) HTTP/([0-9])\\.([0-9])");
    private static final Pattern FIELD =
            Pattern.compile("(" + TCHAR + "+):[ \\t]*((?:[^\\x00-\\x20\\x7f](?:[^\\x00-\\x08\\x0a-\\x1f\\x7f]*"
                    + "[^\\x00-\\x20\\x7f])?)?)[ \\t]*");
    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,15})(;[^\\x00-\\x08\\x0a-\\x1f\\x7f]*)?");

    /** The request cannot be read, or not yet. */
    private static final class Stop extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private final String input;
    private final List<String> events = new ArrayList<>();
    private int at;

    private HttpReference(byte[] input) {
        this.input = new String(input, StandardCharsets.ISO_8859_1);
    }

    /** Every request that is there whole, as {@code METHOD TARGET [body]}, up to the first that is not. */
    static List<String> requests(byte[] input) {
        HttpReference reference = new HttpReference(input);
        try {
            while (reference.at < input.length) {
                reference.request();
            }
        } catch (Stop end) {
            // What came before it counts.
        }
        return reference.events;
    }

    private void request() throws Stop {
        if (input.startsWith("\r\n", at)) {
            at += 2;
        }
        Matcher first = line(REQUEST_LINE);
        List<String> lengths = new ArrayList<>();
        List<String> codings = new ArrayList<>();
        while (!input.startsWith("\r\n", at)) {
            Matcher field = field();
            String name = field.group(1).toLowerCase(Locale.ROOT);
            boolean length = name.equals("content-length");
            boolean coding = name.equals("transfer-encoding");
            if (length) {
                lengths.add(field.group(2));
            } else if (coding) {
                codings.add(field.group(2));
            }
        }
        at += 2;
        String head = first.group(1) + " " + first.group(2);
        if (!codings.isEmpty()) {
            boolean http10 = first.group(3).equals("1") && first.group(4).equals("0");
            if (!lengths.isEmpty()
                    || http10
                    || codings.size() > 1
                    || !codings.get(0).equalsIgnoreCase("chunked")) {
                throw new Stop();
            }
            events.add(head + " [" + chunked() + "]");
        } else if (lengths.isEmpty()) {
            events.add(head + " []");
        } else {
            if (lengths.size() > 1 || !lengths.get(0).matches("[0-9]{1,18}")) {
                throw new Stop();
            }
            events.add(head + " [" + take(Long.parseLong(lengths.get(0))) + "]");
        }
    }

    private String chunked() throws Stop {
        StringBuilder body = new StringBuilder();
        while (true) {
            long size = Long.parseLong(line(CHUNK).group(1), 16);
            if (size == 0) {
                while (!input.startsWith("\r\n", at)) {
                    field();
                }
                at += 2;
                return body.toString();
            }
            body.append(take(size));
            if (!take(2).equals("\r\n")) {
                throw new Stop();
            }
        }
    }

    private Matcher field() throws Stop {
        Matcher field = line(FIELD);
        boolean framing = field.group(1).matches("(?i)content-length|transfer-encoding");
        if (framing && field.group().contains("\t")) {
            throw new Stop();
        }
        return field;
    }

    private String take(long length) throws Stop {
        if (length > input.length() - at) {
            throw new Stop();
        }
        String taken = input.substring(at, at + (int) length);
        at += (int) length;
        return taken;
    }

    private Matcher line(Pattern pattern) throws Stop {
        int end = input.indexOf('\n', at);
        if (end < 1 || input.charAt(end - 1) != '\r' || end - 1 < at) {
            throw new Stop();
        }
        Matcher matcher = pattern.matcher(input.substring(at, end - 1));
        if (!matcher.matches()) {
            throw new Stop();
        }
        at = end + 1;
        return matcher;
    }
}
