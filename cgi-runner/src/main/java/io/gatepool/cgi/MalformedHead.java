package io.gatepool.cgi;

import java.util.Optional;

/**
 * What a script wrote is no response head (RFC 3875 section 6): the web server is told 502, the log gets the reason.
 *
 * <p>Without a stack trace: the fault is in the script, and a broken script fails at every request.
 */
public final class MalformedHead extends Exception {

    private static final long serialVersionUID = 1L;

    /** The longest {@link #firstBadLine()}, in chars. */
    public static final int LINE_LENGTH = 120;

    private final String reason;
    private final String firstBadLine;

    /** Of what no single line is guilty. */
    MalformedHead(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
        this.firstBadLine = "";
    }

    private MalformedHead(String reason, String line) {
        super(reason + ": '" + line + "'", null, false, false);
        this.reason = reason;
        this.firstBadLine = line;
    }

    /** Blames the line that begins at {@code start} and ends before {@code end}, or before its line end. */
    static MalformedHead inLine(String reason, byte[] bytes, int start, int end) {
        return new MalformedHead(reason, Printable.of(bytes, start, textEnd(bytes, start, end), LINE_LENGTH));
    }

    /** The same complaint about a line, or none if there is no line to blame. */
    MalformedHead blaming(MalformedHead other) {
        return other.firstBadLine.isEmpty() ? this : new MalformedHead(reason, other.firstBadLine);
    }

    /** What is wrong, in plain words, with the number of the line where one is to blame. */
    public String reason() {
        return reason;
    }

    /**
     * The first line that is wrong, printable ASCII (other bytes as {@code \xNN}), at most {@link #LINE_LENGTH} chars.
     */
    public Optional<String> firstBadLine() {
        return firstBadLine.isEmpty() ? Optional.empty() : Optional.of(firstBadLine);
    }

    private static int textEnd(byte[] bytes, int start, int end) {
        int i = start;
        while (i < end && bytes[i] != '\n') {
            i++;
        }
        return i > start && i < end && bytes[i - 1] == '\r' ? i - 1 : i;
    }
}
