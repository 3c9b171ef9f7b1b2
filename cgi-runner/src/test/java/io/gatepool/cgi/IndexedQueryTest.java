package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 3875, 4.4. */
class IndexedQueryTest {

    private static List<String> words(String method, String query) {
        return IndexedQuery.words(method, query).stream()
                .map(word -> new String(word, ISO_8859_1))
                .toList();
    }

    @Test
    void wordsAreSplitAtThePlusAndThenDecoded() {
        assertThat(words("GET", "one+two%2Bthree+%e9+")).containsExactly("one", "two+three", "\u00e9", "");
        assertThat(words("HEAD", "word")).containsExactly("word");
    }

    @Test
    void anEncodedEqualsSignIsALetterLikeAnyOther() {
        assertThat(words("GET", "a%3Db")).containsExactly("a=b");
    }

    @ParameterizedTest
    @CsvSource({"GET,a=b", "GET,-s+a=b", "GET,''", "POST,word", "GET,a+%00", "GET,a+%", "GET,a+%4", "GET,%zz"})
    void anythingElseHasNoWords(String method, String query) {
        assertThat(words(method, query)).isEmpty();
    }
}
