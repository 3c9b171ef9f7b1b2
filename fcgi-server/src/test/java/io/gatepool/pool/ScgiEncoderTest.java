package io.gatepool.pool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScgiEncoderTest {

    private static Environ environ(String... words) {
        Environ environ = new Environ();
        for (int at = 0; at < words.length; at += 2) {
            environ.set(words[at], words[at + 1]);
        }
        return environ;
    }

    private static String encoded(Environ environ, long bodyLength) {
        ByteBuf out = Unpooled.buffer();
        ScgiEncoder.head(out, environ, bodyLength);
        return out.toString(ISO_8859_1);
    }

    /** Reads a netstring as strictly as its specification is written. */
    private static Map<String, String> decoded(String text) {
        int colon = text.indexOf(':');
        int length = Integer.parseInt(text.substring(0, colon));
        assertThat(text).hasSize(colon + 1 + length + 1).endsWith("\0,");
        List<String> words =
                Arrays.asList(text.substring(colon + 1, colon + length).split("\0", -1));
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int at = 0; at < words.size(); at += 2) {
            assertThat(pairs.put(words.get(at), words.get(at + 1)))
                    .as(words.get(at))
                    .isNull();
        }
        return pairs;
    }

    /** The example of https://python.ca/scgi/protocol.txt, with the length of its body. */
    @Test
    void theExampleOfTheSpecificationIsEncodedToTheLetter() {
        assertThat(encoded(environ("REQUEST_METHOD", "POST", "REQUEST_URI", "/deepthought"), 27))
                .isEqualTo("70:CONTENT_LENGTH\00027\0SCGI\0001\0REQUEST_METHOD\0POST\0REQUEST_URI\0/deepthought\0,");
    }

    @Test
    void aRequestWithoutABodyHasALengthTooAndItIsTheFirst() {
        assertThat(encoded(new Environ(), 0)).isEqualTo("24:CONTENT_LENGTH\0000\0SCGI\0001\0,");
    }

    @Test
    void whatTheEnvironSaysOfTheLengthAndTheProtocolIsNotBelieved() {
        Environ environ = environ("CONTENT_LENGTH", "9999999999", "A", "b", "SCGI", "7");
        assertThat(decoded(encoded(environ, 5_000_000_000L)))
                .containsExactly(
                        Map.entry("CONTENT_LENGTH", "5000000000"), Map.entry("SCGI", "1"), Map.entry("A", "b"));
    }

    @Test
    void aVariableThatWouldBecomeSeveralIsLeftOut() {
        Environ environ = environ(
                "A", "1\0REMOTE_USER\0root", "B\0REMOTE_USER", "root", "", "nameless", "C", "", "CONTENT_LENGTHS", "x");
        assertThat(decoded(encoded(environ, 0)))
                .containsOnlyKeys("CONTENT_LENGTH", "SCGI", "C", "CONTENT_LENGTHS")
                .containsEntry("C", "");
    }

    @Test
    void anyEnvironComesBackAsItWas() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            Map<String, String> pairs = new LinkedHashMap<>(Map.of("CONTENT_LENGTH", "" + round));
            pairs.put("SCGI", "1");
            Environ environ = new Environ();
            for (int count = random.nextInt(30); count > 0; count--) {
                String name = text(random, 1 + random.nextInt(20));
                String value = text(random, random.nextInt(300));
                pairs.put(name, value);
                environ.set(name, value);
            }
            assertThat(decoded(encoded(environ, round))).isEqualTo(pairs);
        }
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < length; at++) {
            text.append((char) (1 + random.nextInt(255)));
        }
        return text.toString();
    }
}
