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
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 3875, 6.2.2. */
class LocalRedirectTest {

    private static final EventExecutor LOOP = ImmediateEventExecutor.INSTANCE;
    private static final SpoolFiles FILES = new SpoolFiles(Path.of("/nonexistent"));

    private final Environ environ = new Environ();
    private final RequestBody body = new RequestBody(LOOP, FILES, 1000);
    private final Exchange exchange = new Exchange(
            1,
            Role.RESPONDER,
            false,
            environ,
            body,
            new RequestBody(LOOP, FILES, 0),
            new Response(LOOP, FILES, ResponseSink.NOWHERE, 0));

    LocalRedirectTest() {
        environ.set("REQUEST_METHOD", "POST");
        environ.set("SCRIPT_NAME", "/cgi/form.sh");
        environ.set("PATH_INFO", "/rest");
        environ.set("QUERY_STRING", "a=b");
        environ.set("CONTENT_LENGTH", "5");
        environ.set("CONTENT_TYPE", "text/plain");
        environ.set("HTTP_COOKIE", "c=d");
        body.append(Unpooled.copiedBuffer(new byte[5]));
        body.end();
    }

    @Test
    void theRequestBecomesAGetOfTheOtherResource() {
        assertThat(LocalRedirect.apply(exchange, "/cgi/to%20.sh/more?x=%20y", "/cgi"))
                .isTrue();
        assertThat(environ.toMap())
                .isEqualTo(Map.of(
                        "REQUEST_METHOD", "GET",
                        "SCRIPT_NAME", "/cgi/to .sh/more",
                        "QUERY_STRING", "x=%20y",
                        "HTTP_COOKIE", "c=d",
                        "REDIRECT_URL", "/cgi/form.sh/rest",
                        "REDIRECT_QUERY_STRING", "a=b"));
        assertThat(body.unread()).isZero();
        assertThat(exchange.redirects()).isOne();
    }

    @Test
    void aHeadStaysAHead() {
        environ.set("REQUEST_METHOD", "HEAD");
        LocalRedirect.apply(exchange, "/to.sh", "/");
        assertThat(environ.get("REQUEST_METHOD")).isEqualTo("HEAD");
        assertThat(environ.get("QUERY_STRING")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/cgi/../cgi/a.sh, /cgi/a.sh", "/cgi/./a.sh, /cgi/a.sh"})
    void dotSegmentsAreResolvedFirst(String location, String path) {
        assertThat(LocalRedirect.apply(exchange, location, "/cgi")).isTrue();
        assertThat(environ.get("SCRIPT_NAME")).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/other/a.sh",
                "/cgix/a.sh",
                "/cgi/../etc/passwd",
                "/cgi/../../etc/passwd",
                "/cgi/%2e%2e/x",
                "/cgi/%00",
                "/cgi/%zz",
                "/cgi/a.sh#part"
            })
    void whatIsNotForUsIsLeftAsItIs(String location) {
        Map<String, String> before = environ.toMap();
        assertThat(LocalRedirect.apply(exchange, location, "/cgi")).isFalse();
        assertThat(environ.toMap()).isEqualTo(before);
        assertThat(body.unread()).isEqualTo(5);
        assertThat(exchange.redirects()).isZero();
    }
}
