package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP/1.1, for answers that come with a Content-Length. */
final class HttpDialect implements Dialect {

    private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: (\\d+)\r\n");

    @Override
    public byte[] get(String path, String query) {
        return bytes("GET " + path + "?" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    @Override
    public byte[] beginPost(String path, int length) {
        return bytes("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n");
    }

    @Override
    public byte[] bodyByte() {
        return bytes("x");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public Answers answers() {
        StringBuilder come = new StringBuilder();
        return in -> {
            come.append(in.readCharSequence(in.readableBytes(), StandardCharsets.ISO_8859_1));
            int complete = 0;
            for (int length = firstAnswer(come); length > 0; length = firstAnswer(come)) {
                come.delete(0, length);
                complete++;
            }
            return complete;
        };
    }

    /** The length of the answer that {@code come} starts with; 0 if it is not whole yet. */
    private static int firstAnswer(StringBuilder come) {
        int end = come.indexOf("\r\n\r\n");
        if (end < 0) {
            return 0;
        }
        String head = come.substring(0, end + 2);
        assertThat(head).startsWith("HTTP/1.1 200 ");
        Matcher length = LENGTH.matcher(head.toLowerCase(Locale.ROOT));
        assertThat(length.find()).as(head).isTrue();
        int whole = end + 4 + Integer.parseInt(length.group(1));
        return come.length() < whole ? 0 : whole;
    }
}
