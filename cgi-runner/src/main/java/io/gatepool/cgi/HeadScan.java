package io.gatepool.cgi;

/**
 * One pass over the bytes of a complete head: checks every byte and remembers where the few fields are that matter.
 *
 * <p>The bytes end with the blank line, so every loop over bytes of one kind ends at a line feed and needs no bound.
 * After {@link #run} either {@link #folded} is set, and only the form was checked, or all results are there.
 */
final class HeadScan {

    private static final boolean[] TOKEN = new boolean[256];
    private static final boolean[] TEXT = new boolean[256];

    static {
        for (int c = '0'; c <= 'z'; c++) {
            TOKEN[c] = Character.isLetterOrDigit(c);
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
        for (int c = 0; c < TEXT.length; c++) {
            TEXT[c] = c == '\t' || (c >= ' ' && c != 0x7f);
        }
    }

    final byte[] head;

    /** A field goes on in the next line: to be joined and scanned again. */
    boolean folded;

    /** Something must not go on as it is: a status line, a hop-by-hop field, a repeated one. */
    boolean unclean;

    boolean nph;
    int fields;

    /** Fields besides those that a local redirect may have. */
    int otherFields;

    /** The explicit status, or 0. */
    int status;

    int statusStart;
    int statusEnd;
    long contentLength = -1;
    int locationStart;
    int locationEnd;
    int contentTypeStart;
    int contentTypeEnd;

    private int line;
    private int at;

    HeadScan(byte[] head) {
        this.head = head;
    }

    void run() throws MalformedHead {
        line = 1;
        if (startsWithProtocol()) {
            statusLine();
        }
        while (!blankLine()) {
            field();
        }
        if (fields == 0 && !nph) {
            throw new MalformedHead("there is no header before the blank line");
        }
    }

    private boolean blankLine() {
        return head[at] == '\n' || (head[at] == '\r' && head[at + 1] == '\n');
    }

    /** What comes after it is no token, so no header can begin like this. */
    private boolean startsWithProtocol() {
        return head.length > 5
                && head[0] == 'H'
                && head[1] == 'T'
                && head[2] == 'T'
                && head[3] == 'P'
                && head[4] == '/';
    }

    private void statusLine() throws MalformedHead {
        int i = 5;
        while (head[i] == '.' || isDigit(head[i])) {
            i++;
        }
        if (i == 5 || head[i] != ' ') {
            throw bad("the status line is not of the form 'HTTP/1.1 200 OK'", 0);
        }
        int start = skipBlanks(i);
        int textEnd = checkedText(start);
        nph = true;
        unclean = true;
        status(0, start, trimmed(head, start, textEnd));
        at = afterLineEnd(head, textEnd);
        line++;
    }

    private void field() throws MalformedHead {
        int start = at;
        int i = start;
        while (TOKEN[head[i] & 0xff]) {
            i++;
        }
        if (head[i] != ':' || i == start) {
            throw badName(start, i);
        }
        int valueStart = skipBlanks(i + 1);
        int textEnd = checkedText(valueStart);
        at = afterLineEnd(head, textEnd);
        line++;
        fields++;
        while (continues()) {
            at = afterLineEnd(head, checkedText(at));
            line++;
        }
        if (!folded) {
            remember(FieldName.of(head, start, i), start, valueStart, trimmed(head, valueStart, textEnd));
        }
    }

    private boolean continues() {
        // Nothing follows the blank line only, and that cannot be a field's.
        boolean continues = head[at] == ' ' || head[at] == '\t';
        folded |= continues;
        return continues;
    }

    private void remember(FieldName name, int lineStart, int start, int end) throws MalformedHead {
        switch (name) {
            case STATUS -> status(lineStart, start, end);
            case LOCATION -> {
                if (locationEnd == 0) {
                    locationStart = start;
                    locationEnd = end;
                }
            }
            case CONTENT_TYPE -> {
                if (contentTypeEnd == 0) {
                    contentTypeStart = start;
                    contentTypeEnd = end;
                }
            }
            case CONTENT_LENGTH -> {
                contentLength(lineStart, start, end);
                otherFields++;
            }
            case HOP_BY_HOP -> unclean = true;
            case OTHER -> otherFields++;
        }
    }

    private void status(int lineStart, int start, int end) throws MalformedHead {
        boolean code = end - start >= 3
                && isDigit(head[start])
                && isDigit(head[start + 1])
                && isDigit(head[start + 2])
                && (end - start == 3 || isBlank(head[start + 3]));
        int value = code ? (head[start] - '0') * 100 + (head[start + 1] - '0') * 10 + (head[start + 2] - '0') : 0;
        if (value < 100) {
            throw bad("the status is not a code of three digits", lineStart);
        }
        if (value < 200) {
            throw bad("the status is below 200, which is no response yet", lineStart);
        }
        if (status != 0) {
            if (status != value) {
                throw bad("there are two statuses, and they differ", lineStart);
            }
            unclean = true;
            return;
        }
        status = value;
        statusStart = start;
        statusEnd = end;
    }

    private void contentLength(int lineStart, int start, int end) throws MalformedHead {
        long value = 0;
        // 18 digits are always less than 2^63.
        boolean number = start < end && end - start <= 18;
        for (int i = start; i < end && number; i++) {
            number = isDigit(head[i]);
            value = value * 10 + (head[i] - '0');
        }
        if (!number) {
            throw bad("Content-Length is not a number of bytes", lineStart);
        }
        if (contentLength >= 0) {
            if (contentLength != value) {
                throw bad("there are two values of Content-Length, and they differ", lineStart);
            }
            unclean = true;
        }
        contentLength = value;
    }

    private int checkedText(int from) throws MalformedHead {
        int i = from;
        while (TEXT[head[i] & 0xff]) {
            i++;
        }
        if (head[i] == '\n' || (head[i] == '\r' && head[i + 1] == '\n')) {
            return i;
        }
        throw bad(
                switch (head[i]) {
                    case 0 -> numbered("has a NUL byte");
                    case '\r' -> numbered("has a carriage return that does not end it");
                    default -> numbered("has a control character");
                },
                at);
    }

    private MalformedHead badName(int start, int tokenEnd) {
        if (isBlank(head[start])) {
            return bad(numbered("begins with a blank, but there is no header that it could continue"), start);
        }
        int colon = tokenEnd;
        while (head[colon] != ':' && head[colon] != '\n') {
            colon++;
        }
        if (head[colon] != ':') {
            return bad(numbered("has no colon; is the blank line between header and body missing?"), start);
        }
        if (colon == start) {
            return bad(numbered("has no name before the colon"), start);
        }
        if (skipBlanks(tokenEnd) == colon) {
            return bad(numbered("has a blank between name and colon"), start);
        }
        return bad(numbered("does not begin with a header name"), start);
    }

    private String numbered(String fault) {
        return "line " + line + " " + fault;
    }

    private MalformedHead bad(String reason, int lineStart) {
        return MalformedHead.inLine(reason, head, lineStart, head.length);
    }

    private int skipBlanks(int from) {
        return skipBlanks(head, from);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    // How to walk over lines whose form is known to be good.

    /** Where the text of the line ends that begins here. */
    static int textEnd(byte[] head, int lineStart) {
        int i = lineStart;
        while (head[i] != '\n' && head[i] != '\r') {
            i++;
        }
        return i;
    }

    /** The first byte after the line end that is at {@code textEnd}. */
    static int afterLineEnd(byte[] head, int textEnd) {
        return textEnd + (head[textEnd] == '\r' ? 2 : 1);
    }

    /** Where the colon of the field is that begins here. */
    static int nameEnd(byte[] head, int lineStart) {
        int i = lineStart;
        while (head[i] != ':') {
            i++;
        }
        return i;
    }

    static int skipBlanks(byte[] head, int from) {
        int i = from;
        while (isBlank(head[i])) {
            i++;
        }
        return i;
    }

    /** The end of the text from {@code start} to {@code end} without the blanks at its end. */
    static int trimmed(byte[] head, int start, int end) {
        int i = end;
        while (i > start && isBlank(head[i - 1])) {
            i--;
        }
        return i;
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }
}
