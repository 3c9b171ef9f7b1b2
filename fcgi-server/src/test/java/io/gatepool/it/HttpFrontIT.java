package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.it.RawHttp.Response;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP as browsers and proxies speak it: connections, framing of answers, early answers, clients that leave. */
class HttpFrontIT {

    private static final String GONE =
            "failed: the client closed the connection or aborted the request \\(client-gone\\)";

    private static HttpHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new HttpHouse(directory, "");
    }

    @AfterAll
    static void stop() throws Exception {
        house.close();
    }

    /** A target for which testapp.py answers with exactly {@code output}. */
    private static String raw(String output) {
        return "/raw?out=" + URLEncoder.encode(output, StandardCharsets.ISO_8859_1);
    }

    private static String post(String target, int length) {
        return "POST " + target + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + length + "\r\n\r\n";
    }

    // ---- connections ----

    @Test
    void aConnectionServesOneRequestAfterTheOther() throws Exception {
        try (RawHttp http = house.connect()) {
            for (int number = 0; number < 50; number++) {
                Response response = http.get("/pid").response();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.closes()).isFalse();
            }
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
        StringBuilder requests = new StringBuilder();
        for (int number = 0; number < 200; number++) {
            String body = "body " + number;
            requests.append(post("/echo", body.length())).append(body);
        }
        try (RawHttp http = house.connect()) {
            http.send(requests.toString());
            for (int number = 0; number < 200; number++) {
                assertThat(http.response().body()).isEqualTo("body " + number);
            }
        }
    }

    @Test
    void aPipelinedRequestMayEndLater() throws Exception {
        try (RawHttp http = house.connect()) {
            http.send("GET /pid HTTP/1.1\r\nHost: test\r\n\r\n" + post("/echo", 200_000) + "x".repeat(50_000));
            assertThat(http.response().body()).startsWith("pid ");
            assertThat(http.send("x".repeat(150_000)).response().body()).hasSize(200_000);
        }
    }

    @Test
    void connectionCloseIsObeyedAndAnnounced() throws Exception {
        try (RawHttp http = house.connect()) {
            assertThat(http.get("/pid", "Connection: close\r\n").response().closes())
                    .isTrue();
            assertThat(http.ends()).isTrue();
        }
    }

    @Test
    void aLargeResponseThatEndsTheConnectionReachesASlowReaderWhole() throws Exception {
        try (RawHttp http = house.connectWithSmallBuffer()) {
            http.get("/size?n=3000000", "Connection: close\r\n");
            try (RawHttp other = house.connect()) {
                assertThat(other.get("/pid").response().status()).isEqualTo(200);
            }
            Response response = http.response();
            assertThat(response.body()).hasSize(3_000_000);
            assertThat(response.complete()).isTrue();
            assertThat(http.ends()).isTrue();
        }
    }

    @Test
    void http10EndsWithTheConnectionAndIsNeverChunked() throws Exception {
        try (RawHttp http = house.connect()) {
            Response response = http.send("GET /size?n=500000 HTTP/1.0\r\n\r\n").response();
            assertThat(response.field("transfer-encoding")).isEmpty();
            assertThat(response.closes()).isTrue();
            assertThat(response.body()).hasSize(500_000);
        }
    }

    @Test
    void http10MayAskToKeepTheConnectionAndIsToldSo() throws Exception {
        try (RawHttp http = house.connect()) {
            for (int number = 0; number < 2; number++) {
                Response response = http.send("GET /pid HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                        .response();
                assertThat(response.field("connection")).isEqualTo("keep-alive");
                assertThat(response.field("content-length")).isNotEmpty();
            }
        }
    }

    // ---- framing of answers ----

    @Test
    void aSmallAnswerHasALengthAndEveryAnswerADateAndAServer() throws Exception {
        try (RawHttp http = house.connect()) {
            Response response = http.get("/pid").response();
            assertThat(response.field("content-length"))
                    .isEqualTo(Integer.toString(response.body().length()));
            assertThat(response.field("transfer-encoding")).isEmpty();
            assertThat(response.field("server")).isEqualTo("gatepool");
            assertThat(response.field("date")).endsWith("GMT");
        }
    }

    @Test
    void aLargeAnswerComesInChunksAndTheConnectionStays() throws Exception {
        try (RawHttp http = house.connect()) {
            Response response = http.get("/size?n=5000000").response();
            assertThat(response.field("transfer-encoding")).isEqualTo("chunked");
            assertThat(response.complete()).isTrue();
            assertThat(response.body()).hasSize(5_000_000);
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
        }
    }

    @Test
    void aChunkedBodyReachesTheApplicationWithItsLength() throws Exception {
        try (RawHttp http = house.connect()) {
            http.send("POST /sha HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
            http.send("3\r\nabc\r\n0A;name=value\r\n0123456789\r\n0\r\nTrailer: ignored\r\n\r\n");
            assertThat(http.response().body()).endsWith(" 13 13\n");
            http.send("POST /sha HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
            assertThat(http.response().body()).endsWith(" 0 absent\n");
        }
    }

    @Test
    void headGetsTheHeadOnly() throws Exception {
        try (RawHttp http = house.connect()) {
            http.send("HEAD /size?n=100000 HTTP/1.1\r\nHost: test\r\n\r\n");
            assertThat(http.response(true).status()).isEqualTo(200);
            String target = raw("Content-Type: text/plain\r\nContent-Length: 12\r\n\r\nHello world!");
            http.send("HEAD " + target + " HTTP/1.1\r\nHost: test\r\n\r\n");
            assertThat(http.response(true).field("content-length")).isEqualTo("12");
            assertThat(http.get(target).response().body()).isEqualTo("Hello world!");
        }
    }

    @Test
    void status204HasNeitherBodyNorLength() throws Exception {
        try (RawHttp http = house.connect()) {
            Response response = http.get(raw("Status: 204\r\nContent-Length: 4\r\n\r\nbody"))
                    .response();
            assertThat(response.status()).isEqualTo(204);
            assertThat(response.fields()).doesNotContainKeys("content-length", "transfer-encoding");
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
        }
    }

    @Test
    void status304KeepsItsLengthWithoutABody() throws Exception {
        try (RawHttp http = house.connect()) {
            Response response = http.get(raw("Status: 304\r\nContent-Length: 4\r\n\r\nbody"))
                    .response();
            assertThat(response.status()).isEqualTo(304);
            assertThat(response.field("content-length")).isEqualTo("4");
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 100, 999, 1000, 42})
    void aStatusThatCannotEndAResponseDoesNotHangTheClient(int status) throws Exception {
        try (RawHttp http = house.connect()) {
            int answered = http.get(raw("Status: " + status + "\r\n\r\nbody"))
                    .response()
                    .status();
            assertThat(answered).isIn(502, 999);
        }
    }

    @Test
    void aResponseLongerThanItsLengthIsCutAndTheConnectionStays() throws Exception {
        int from = house.daemon().log().length();
        try (RawHttp http = house.connect()) {
            Response response = http.get(raw("Content-Type: text/plain\r\nContent-Length: 3\r\n\r\n123456"))
                    .response();
            assertThat(response.body()).isEqualTo("123");
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
        }
        house.daemon().await("3 bytes longer than its Content-Length", from);
    }

    @Test
    void aResponseShorterThanItsLengthEndsWithTheConnection() throws Exception {
        try (RawHttp http = house.connect()) {
            Response response = http.get(raw("Content-Type: text/plain\r\nContent-Length: 9\r\n\r\n123456"))
                    .response();
            assertThat(response.body()).isEqualTo("123456");
            assertThat(response.complete()).isFalse();
        }
    }

    @Test
    void aTruncatedResponseLacksItsLastChunk() throws Exception {
        try (RawHttp http = house.connect()) {
            Response response = http.get("/die?when=after").response();
            assertThat(response.field("transfer-encoding")).isEqualTo("chunked");
            assertThat(response.body()).isEqualTo("part of the body\n");
            assertThat(response.complete()).isFalse();
        }
    }

    @Test
    void hopByHopFieldsOfTheApplicationAreNotSentOn() throws Exception {
        try (RawHttp http = house.connect()) {
            Response response = http.get(
                            raw(
                                    "Connection: keep-alive, X-Mine\r\nTransfer-Encoding: chunked\r\nContent-Type: a/b\r\n\r\nbody"))
                    .response();
            assertThat(response.body()).isEqualTo("body");
            assertThat(response.fields()).doesNotContainKeys("connection", "transfer-encoding");
        }
    }

    @ParameterizedTest
    @CsvSource({"'X-Odd: a\u000bb'", "'X-Odd: a\u0001b'", "'X-Odd: a\u007fb'", "'X(Odd): ab'", "'X-Odd: \u00e9'"})
    void oddFieldsOfTheApplicationAreAnAnswerOrA502(String field) throws Exception {
        try (RawHttp http = house.connect()) {
            assertThat(http.get(raw(field + "\r\n\r\nbody")).response().status())
                    .isIn(200, 502);
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'X-A: b\rX-Evil: 1'",
        "'X-A: b\r X-Evil: 1'",
        "'X-A: b\u0000X-Evil: 1'",
        "'X-A: b\u0085X-Evil: 1'",
        "'X-A\rX-Evil: 1'",
        "'Status: 200 OK\rX-Evil: 1'",
        "'Location: /a\rX-Evil: 1'"
    })
    void noFieldOfTheApplicationHoldsAnother(String field) throws Exception {
        try (RawHttp http = house.connect()) {
            http.get(raw(field + "\r\n\r\nbody"));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0 && http.socket().fill()) {
                head.append((char) http.socket().read());
            }
            // No CR that is no line end, no NUL, and no line of its own.
            assertThat(head.toString().replace("\r\n", "|")).doesNotContain("\r", "\n", "\0", "|X-Evil");
        }
        try (RawHttp http = house.connect()) {
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
        }
    }

    @Test
    void aLengthOfTheApplicationCountsAndItsCodingDoesNot() throws Exception {
        try (RawHttp http = house.connect()) {
            Response response = http.get(
                            raw("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"))
                    .response();
            assertThat(response.fields()).containsEntry("content-length", "4").doesNotContainKey("transfer-encoding");
            assertThat(response.body()).isEqualTo("0\r\n\r");
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 4\r\nContent-Length: 5", "Content-Length: 4, 5", "Content-Length: +4"})
    void lengthsOfTheApplicationThatAreNoneAre502(String fields) throws Exception {
        try (RawHttp http = house.connect()) {
            assertThat(http.get(raw(fields + "\r\n\r\nbody!")).response().status())
                    .isEqualTo(502);
        }
    }

    @Test
    void aRangeIsTheApplicationsBusiness() throws Exception {
        try (RawHttp http = house.connect()) {
            http.get("/env", "Range: bytes=0-3\r\n");
            assertThat(http.response().body()).contains("HTTP_RANGE=bytes=0-3\n");
            Response response = http.get(
                            raw("Status: 206\r\nContent-Range: bytes 0-3/9\r\nContent-Length: 4\r\n\r\nbody"))
                    .response();
            assertThat(response.status()).isEqualTo(206);
            assertThat(response.field("content-range")).isEqualTo("bytes 0-3/9");
            assertThat(response.body()).isEqualTo("body");
        }
    }

    // ---- Expect, and answers before the end of the body ----

    @Test
    void expectContinueIsAnsweredBeforeTheBody() throws Exception {
        try (RawHttp http = house.connect()) {
            http.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
            assertThat(http.response().status()).isEqualTo(100);
            assertThat(http.send("body").response().body()).isEqualTo("body");
        }
    }

    @Test
    void aRefusedSizeGetsNo100() throws Exception {
        try (RawHttp http = house.connect("small")) {
            http.send("POST /small/sha HTTP/1.1\r\nHost: test\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
            Response response = http.response();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.closes()).isTrue();
            assertThat(http.ends()).isTrue();
        }
    }

    @Test
    void anUnknownExpectationIs417() throws Exception {
        try (RawHttp http = house.connect()) {
            assertThat(http.get("/pid", "Expect: miracles\r\n").response().status())
                    .isEqualTo(417);
        }
    }

    @Test
    void aBodyThatIsTooLargeIsAnsweredWhileItStillComes() throws Exception {
        int from = house.daemon().log().length();
        try (RawHttp http = house.connect("small")) {
            http.send(post("/small/sha", 5_000_000)).trySend("x".repeat(3_000_000));
            Response response = http.response();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.field("x-gatepool-cause")).isEqualTo("body-too-large");
            assertThat(response.closes()).isTrue();
            assertThat(http.ends()).isTrue();
        }
        house.daemon().await("set max_body in \\[app.small\\]", from);
    }

    @Test
    void aChunkedBodyThatBecomesTooLargeIsAnsweredWhileItStillComes() throws Exception {
        try (RawHttp http = house.connect("small")) {
            http.send("POST /small/sha HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int number = 0; number < 50; number++) {
                http.trySend("64\r\n" + "x".repeat(100) + "\r\n");
            }
            assertThat(http.response().status()).isEqualTo(413);
            assertThat(http.ends()).isTrue();
        }
    }

    @Test
    void aBodyOfExactlyTheLimitIsTaken() throws Exception {
        try (RawHttp http = house.connect("small")) {
            assertThat(http.send(post("/small/sha", 1000) + "x".repeat(1000))
                            .response()
                            .body())
                    .endsWith(" 1000 1000\n");
        }
    }

    @Test
    void anEmptyQueueOfWorkersIsNoReasonToReadOn() throws Exception {
        try (RawHttp http = house.connect()) {
            assertThat(http.send(post("/ignore", 500_000) + "x".repeat(500_000))
                            .response()
                            .body())
                    .isEqualTo("body ignored\n");
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
        }
    }

    // ---- the client leaves ----

    @Test
    void aClientThatResetsInMidResponseCostsNoWorker() throws Exception {
        int from = house.daemon().log().length();
        String hold = house.newHold();
        try (RawHttp http = house.connect()) {
            http.get("/hold?head&f=" + hold);
            HttpHouse.awaitHeld(hold);
            assertThat(http.socket().fill()).isTrue();
            http.socket().resetOnClose();
        }
        house.daemon().await(GONE, from);
        HttpHouse.release(hold);
        try (RawHttp http = house.connect()) {
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatClosesWhileItWaitsIsNoticed() throws Exception {
        int from = house.daemon().log().length();
        String hold = house.newHold();
        try (RawHttp http = house.connect()) {
            http.get("/hold?f=" + hold);
            HttpHouse.awaitHeld(hold);
        }
        house.daemon().await(GONE, from);
        HttpHouse.release(hold);
    }

    @Test
    void aClientThatLeavesInItsUploadIsNoticed() throws Exception {
        int from = house.daemon().log().length();
        try (RawHttp http = house.connect()) {
            http.send(post("/leaving", 100_000) + "x".repeat(70_000));
        }
        house.daemon().await("/leaving " + GONE, from);
    }
}
