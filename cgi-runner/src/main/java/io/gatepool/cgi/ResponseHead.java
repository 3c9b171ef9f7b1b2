package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The head of a CGI response (RFC 3875 section 6): sound, unambiguous, and fit to be sent to a FastCGI web server.
 *
 * <p>It keeps the head's bytes and where in them the few things are that every response is asked for; Strings are made
 * when somebody asks. Immutable but for the list of headers, which is made at the first call: one thread at a time.
 */
public final class ResponseHead {

    private final byte[] bytes;
    private final int status;
    private final boolean hasStatus;
    private final int reasonStart;
    private final int reasonEnd;
    private final long contentLength;
    private final int locationStart;
    private final int locationEnd;
    private final int contentTypeStart;
    private final int contentTypeEnd;
    private final boolean nph;
    private final boolean localRedirect;
    private @Nullable List<Header> headers;

    /** @param scan of a clean head */
    private ResponseHead(HeadScan scan, boolean nph) {
        this.bytes = scan.head;
        this.contentLength = scan.contentLength;
        this.locationStart = scan.locationStart;
        this.locationEnd = scan.locationEnd;
        this.contentTypeStart = scan.contentTypeStart;
        this.contentTypeEnd = scan.contentTypeEnd;
        this.nph = nph;
        this.localRedirect = scan.status == 0 && scan.otherFields == 0 && locationIsPath();
        this.hasStatus = scan.status != 0;
        if (hasStatus) {
            this.status = scan.status;
            this.reasonStart = HeadScan.skipBlanks(bytes, scan.statusStart + 3);
            this.reasonEnd = scan.statusEnd;
        } else {
            this.status = locationStart == locationEnd ? 200 : 302;
            this.reasonStart = 0;
            this.reasonEnd = 0;
        }
    }

    /** @param head the whole head with its blank line; the response's own from now on */
    static ResponseHead of(byte[] head) throws MalformedHead {
        HeadScan scan = scan(head);
        if (scan.folded) {
            scan = scan(HeadRewrite.unfolded(head));
        }
        if (!scan.unclean) {
            return new ResponseHead(scan, false);
        }
        return new ResponseHead(scan(HeadRewrite.cleaned(scan)), scan.nph);
    }

    private static HeadScan scan(byte[] head) throws MalformedHead {
        HeadScan scan = new HeadScan(head);
        scan.run();
        return scan;
    }

    /**
     * The status, 200 to 999. Without a Status field it is 302 if there is a Location, else 200.
     *
     * <p>302 for a local redirect too: it is what web servers make of one that they do not follow themselves.
     */
    public int status() {
        return status;
    }

    /** Whether there is a Status field, and {@link #status} is not only what its absence means. */
    public boolean hasStatus() {
        return hasStatus;
    }

    /** The script's phrase for the status, or the standard one; "" if the code has none. */
    public String reason() {
        return reasonStart < reasonEnd ? text(reasonStart, reasonEnd) : StatusPhrases.of(status);
    }

    /** The length of the body in bytes that the head promises, or -1 if it promises none. */
    public long contentLength() {
        return contentLength;
    }

    /** Where a redirect leads: a URI, or a path of this server. An empty field counts as none. */
    public Optional<String> location() {
        return optional(locationStart, locationEnd);
    }

    /** The media type of the body. An empty field counts as none. */
    public Optional<String> contentType() {
        return optional(contentTypeStart, contentTypeEnd);
    }

    /** Whether {@link #contentType} is there. */
    public boolean hasContentType() {
        return contentTypeStart < contentTypeEnd;
    }

    /** The fields for the client, in order: without Status and without hop-by-hop fields. */
    public List<Header> headers() {
        List<Header> made = headers;
        if (made == null) {
            made = List.copyOf(list());
            headers = made;
        }
        return made;
    }

    /** What {@link #forEachField} calls. */
    @FunctionalInterface
    public interface Fields {
        /** One field, as places in the head's bytes: read them, and only now. The ends are exclusive. */
        void field(byte[] bytes, int name, int nameEnd, int value, int valueEnd);
    }

    /** Shows what {@link #headers} lists, without a copy. */
    public void forEachField(Fields visitor) {
        int at = 0;
        int end = HeadScan.textEnd(bytes, at);
        while (end > at) {
            int colon = HeadScan.nameEnd(bytes, at);
            if (FieldName.of(bytes, at, colon) != FieldName.STATUS) {
                int start = HeadScan.skipBlanks(bytes, colon + 1);
                visitor.field(bytes, at, colon, start, HeadScan.trimmed(bytes, start, end));
            }
            at = HeadScan.afterLineEnd(bytes, end);
            end = HeadScan.textEnd(bytes, at);
        }
    }

    /** Writes three digits, a blank and the reason, as a status line has them (RFC 9112, 4). */
    public void writeStatusTo(ByteBuf out) {
        out.writeByte('0' + status / 100).writeByte('0' + status / 10 % 10).writeByte('0' + status % 10);
        out.writeByte(' ');
        if (reasonStart < reasonEnd) {
            out.writeBytes(bytes, reasonStart, reasonEnd - reasonStart);
        } else {
            out.writeCharSequence(StatusPhrases.of(status), ISO_8859_1);
        }
    }

    /** Whether the script wrote a status line of HTTP, as a non-parsed-header script does (RFC 3875 section 5). */
    public boolean isNph() {
        return nph;
    }

    /**
     * Whether the server is to answer with another resource of its own (RFC 3875 section 6.2.2): no status, a Location
     * that is a path, and no other field but perhaps Content-Type, which CGI libraries add unasked.
     */
    public boolean isLocalRedirect() {
        return localRedirect;
    }

    /**
     * Writes the head in CGI form with its blank line: as the script wrote it if that can go on, else with the status
     * first, folded lines joined, hop-by-hop and repeated fields dropped, and CRLF.
     */
    public void writeTo(ByteBuf out) {
        out.writeBytes(bytes);
    }

    /** How many bytes {@link #writeTo} writes. */
    public int size() {
        return bytes.length;
    }

    /** For logs: the status alone, since fields may hold secrets. */
    @Override
    public String toString() {
        return "ResponseHead " + status + " of " + bytes.length + " bytes";
    }

    /** "//host/path" is no path but a URI without its scheme. */
    private boolean locationIsPath() {
        return locationStart < locationEnd
                && bytes[locationStart] == '/'
                && (locationStart + 1 == locationEnd || bytes[locationStart + 1] != '/');
    }

    private List<Header> list() {
        List<Header> list = new ArrayList<>();
        forEachField((all, name, nameEnd, value, valueEnd) ->
                list.add(new Header(text(name, nameEnd), text(value, valueEnd))));
        return list;
    }

    private Optional<String> optional(int start, int end) {
        return start == end ? Optional.empty() : Optional.of(text(start, end));
    }

    private String text(int start, int end) {
        return new String(bytes, start, end - start, ISO_8859_1);
    }
}
