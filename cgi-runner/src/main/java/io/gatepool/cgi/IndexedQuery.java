package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The search words of an "indexed" query as arguments of the script (RFC 3875, 4.4): a GET or HEAD whose query has no
 * unencoded '='. It has opened many a program to attackers (CVE-2012-1823, CVE-2019-0232), so that nobody gets them
 * unasked.
 */
public final class IndexedQuery {

    private IndexedQuery() {}

    /** The words, decoded, as bytes; none when the query is no indexed one or cannot be decoded in every word. */
    public static List<byte[]> words(String method, String query) {
        boolean reading = method.equals("GET") || method.equals("HEAD");
        if (!reading || query.isEmpty() || query.indexOf('=') >= 0) {
            return List.of();
        }
        List<byte[]> words = new ArrayList<>();
        for (String word : query.split("\\+", -1)) {
            Optional<String> decoded = PercentCoding.decoded(word).filter(text -> text.indexOf('\0') < 0);
            if (decoded.isEmpty()) {
                return List.of();
            }
            words.add(decoded.get().getBytes(ISO_8859_1));
        }
        return words;
    }
}
