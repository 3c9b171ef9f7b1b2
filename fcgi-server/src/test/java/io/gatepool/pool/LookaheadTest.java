package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.RequestBody;
import io.gatepool.exchange.Response;
import io.gatepool.exchange.ResponseSink;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LookaheadTest {

    private static final long SHORT = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long LONG = TimeUnit.MILLISECONDS.toNanos(5);

    private final SpoolFiles files;
    private final Lookahead lookahead = new Lookahead();

    LookaheadTest(@TempDir Path directory) {
        files = new SpoolFiles(directory);
    }

    private Exchange exchange(String method, String body, String data) {
        Environ environ = new Environ();
        environ.set("REQUEST_METHOD", method);
        return new Exchange(
                1,
                Role.RESPONDER,
                false,
                environ,
                body(body),
                body(data),
                new Response(ImmediateEventExecutor.INSTANCE, files, ResponseSink.NOWHERE, 0));
    }

    private RequestBody body(String content) {
        RequestBody body = new RequestBody(ImmediateEventExecutor.INSTANCE, files, 100);
        if (!content.isEmpty()) {
            body.append(Unpooled.copiedBuffer(content, StandardCharsets.ISO_8859_1));
        }
        body.end();
        return body;
    }

    private boolean allowsAGet() {
        return lookahead.allows(exchange("GET", "", ""));
    }

    private void answered(int requests, long nanos) {
        for (int request = 0; request < requests; request++) {
            lookahead.answered(nanos, false);
        }
    }

    @Test
    void nothingIsAllowedBeforeAnythingIsKnown() {
        assertThat(allowsAGet()).isFalse();
    }

    @Test
    void shortRequestsAllowIt() {
        answered(1, SHORT);
        assertThat(allowsAGet()).isTrue();
    }

    @Test
    void aLongOneAmongManyShortOnesForbidsItForSomeTime() {
        answered(100, SHORT);
        answered(1, TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(allowsAGet()).isFalse();
        answered(20, SHORT);
        assertThat(allowsAGet()).isFalse();
        answered(100, SHORT);
        assertThat(allowsAGet()).isTrue();
    }

    @Test
    void longRequestsForbidItForEver() {
        answered(100, SHORT);
        answered(30, LONG);
        assertThat(allowsAGet()).isFalse();
        answered(1000, LONG);
        assertThat(allowsAGet()).isFalse();
    }

    @Test
    void exactlyAMillisecondIsNotShort() {
        answered(100, TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(allowsAGet()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"10,19,true", "10,20,false", "90,2,true", "90,3,false", "199,1,true", "200,1,false", "5000,1,false"})
    void theWaitBehindThoseThatAreThereIsComparedWithAWakeUp(long micros, int requests, boolean beats) {
        answered(1000, TimeUnit.MICROSECONDS.toNanos(micros));
        assertThat(lookahead.beatsWakingAnother(requests)).isEqualTo(beats);
    }

    @Test
    void beforeAnythingIsKnownAFreeWorkerIsWoken() {
        assertThat(lookahead.beatsWakingAnother(1)).isFalse();
    }

    @Test
    void whatAWorkerTakesIsTheTimeOfThoseThatNeedNotWakeIt() {
        answered(1000, TimeUnit.MICROSECONDS.toNanos(10));
        for (int request = 0; request < 1000; request++) {
            lookahead.answered(SHORT, true);
        }
        assertThat(lookahead.beatsWakingAnother(19)).isTrue();
    }

    @Test
    void oneLongOneIsEnoughForFreeWorkersToBeWokenAgain() {
        answered(1000, TimeUnit.MICROSECONDS.toNanos(10));
        answered(1, LONG);
        assertThat(lookahead.beatsWakingAnother(1)).isFalse();
    }

    @Test
    void whoWaitsIsTakenBackSoonerWhenAWorkerIsFree() {
        assertThat(Lookahead.patienceNanos(false)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(Lookahead.patienceNanos(true)).isEqualTo(TimeUnit.MICROSECONDS.toNanos(400));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,'','',true",
        "HEAD,'','',true",
        "OPTIONS,'','',true",
        "TRACE,'','',true",
        "POST,'','',false",
        "PUT,'','',false",
        "DELETE,'','',false",
        "PATCH,'','',false",
        "get,'','',false",
        "GET,body,'',false",
        "GET,'',data,false",
    })
    void onlyWhatMayBeSentAgainAndHasNoBodyIsAllowed(String method, String body, String data, boolean allowed) {
        answered(100, SHORT);
        assertThat(lookahead.allows(exchange(method, body, data))).isEqualTo(allowed);
    }
}
