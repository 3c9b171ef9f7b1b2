package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRefusalTest {

    private static final int ACCEPTED = 0;

    private static @Nullable HttpRefusal of(HttpVersion version, HttpMethod method, String... fields) {
        HttpRequest request = new DefaultHttpRequest(version, method, "/");
        for (String field : fields) {
            int colon = field.indexOf(':');
            request.headers().add(field.substring(0, colon), field.substring(colon + 1));
        }
        return HttpRefusal.of(request);
    }

    private static int status(HttpVersion version, String... fields) {
        HttpRefusal refusal = of(version, HttpMethod.GET, fields);
        return refusal == null ? ACCEPTED : refusal.status().code();
    }

    private static int status(String... fields) {
        return status(HttpVersion.HTTP_1_1, fields);
    }

    @Test
    void anOrdinaryRequestIsAccepted() {
        assertThat(status("Host:example.org", "Accept:*/*")).isEqualTo(ACCEPTED);
    }

    @Test
    void exactlyOneHostIsNeededInOneDotOne() {
        assertThat(status()).isEqualTo(400);
        assertThat(status("Host:")).isEqualTo(ACCEPTED);
        assertThat(status("Host:a", "Host:a")).isEqualTo(400);
    }

    @Test
    void oneDotZeroNeedsNoHostButMayNotHaveTwo() {
        assertThat(status(HttpVersion.HTTP_1_0)).isEqualTo(ACCEPTED);
        assertThat(status(HttpVersion.HTTP_1_0, "Host:a", "Host:b")).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a b", "user@a", "a\"", "<a>", "a\\b", "a?b", "a#b", "a{}", "\u00e9"})
    void aHostOfOtherCharactersIsRefused(String host) {
        assertThat(status("Host:" + host)).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.b-c_d:8080", "[::1]:80", "192.0.2.1", "%41", "a~!$&'()*+,;="})
    void whatRfc3986AllowsIsAHost(String host) {
        assertThat(status("Host:" + host)).isEqualTo(ACCEPTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "identity", "gzip, chunked", "chunked, chunked", "xchunked", "chunked;q=1", ""})
    void codingsOtherThanChunkedAreNotImplemented(String coding) {
        assertThat(status("Host:a", "Transfer-Encoding:" + coding)).isEqualTo(501);
    }

    @Test
    void chunkedIsKnownOnceAndInOneDotOneOnly() {
        assertThat(status("Host:a", "Transfer-Encoding:Chunked")).isEqualTo(ACCEPTED);
        assertThat(status("Host:a", "Transfer-Encoding:chunked", "Transfer-Encoding:chunked"))
                .isEqualTo(501);
        assertThat(status(HttpVersion.HTTP_1_0, "Host:a", "Transfer-Encoding:chunked"))
                .isEqualTo(501);
    }

    @Test
    void theOnlyExpectationIsToContinue() {
        assertThat(status("Host:a", "Expect:100-Continue")).isEqualTo(ACCEPTED);
        assertThat(status("Host:a", "Expect:a-miracle")).isEqualTo(417);
    }

    @Test
    void connectIsForProxies() {
        HttpRefusal refusal = of(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, "Host:a");
        assertThat(refusal).isNotNull();
        assertThat(refusal.status().code()).isEqualTo(405);
    }

    @Test
    void otherVersionsAreNotSpoken() {
        assertThat(status(new HttpVersion("HTTP", 2, 0, true), "Host:a")).isEqualTo(505);
        assertThat(status(new HttpVersion("HTTP", 0, 9, false))).isEqualTo(505);
        assertThat(status(new HttpVersion("HTTP", 1, 2, true), "Host:a")).isEqualTo(ACCEPTED);
    }

    @Test
    void whatTheDecoderCouldNotReadHasItsStatus() {
        assertThat(HttpRefusal.ofDecoder(new TooLongHttpLineException("x"))
                        .status()
                        .code())
                .isEqualTo(414);
        assertThat(HttpRefusal.ofDecoder(new TooLongHttpHeaderException("x"))
                        .status()
                        .code())
                .isEqualTo(431);
        assertThat(HttpRefusal.ofDecoder(new IllegalArgumentException("x"))
                        .status()
                        .code())
                .isEqualTo(400);
    }

    @Test
    void theDecodersReasonIsShownOnOneLine() {
        assertThat(HttpRefusal.ofDecoder(new IllegalArgumentException("bad\r\nname \u20ac"))
                        .detail())
                .isEqualTo("bad\\r\\nname ?");
    }

    @Test
    void withoutAReasonThereIsAGeneralOne() {
        assertThat(HttpRefusal.ofDecoder(null)).isEqualTo(HttpRefusal.BAD);
        assertThat(HttpRefusal.ofDecoder(new IllegalStateException())).isEqualTo(HttpRefusal.BAD);
    }
}
