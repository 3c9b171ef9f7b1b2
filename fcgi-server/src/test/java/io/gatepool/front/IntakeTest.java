package io.gatepool.front;

import static io.gatepool.exchange.TestLoop.LOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.RecordingSink;
import io.gatepool.exchange.RequestNumbers;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.exchange.TestLoop;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a request is passed on, and when its length lies. */
class IntakeTest {

    private final FakeApplication application = new FakeApplication("blog", "/");
    private final RecordingSink sink = new RecordingSink();
    private final Environ environ = new Environ();
    private final FrontContext context;
    private boolean trusted;

    IntakeTest(@TempDir Path directory) {
        context = new FrontContext(LOOP, new SpoolFiles(directory), new RequestNumbers(), peer -> false);
    }

    private Intake intake(boolean overHttp) throws Exception {
        return TestLoop.call(() -> new Intake(context, application, Role.RESPONDER, environ, sink, overHttp, trusted));
    }

    private Exchange request(int bodyLength) throws Exception {
        Intake intake = intake(true);
        TestLoop.run(() -> {
            ByteBuf body = Unpooled.buffer().writeZero(bodyLength);
            intake.append(body);
            intake.submit();
            intake.submit();
            assertThat(body.release()).as("the caller keeps its buffer").isTrue();
        });
        return intake.exchange();
    }

    private static Cause cause(Exchange exchange) {
        assertThat(exchange.isOver()).isTrue();
        assertThat(exchange.failure()).isNotNull();
        return exchange.failure().cause();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "5,5", "1000,1000", "005,5"})
    void aBodyAsLongAsAnnouncedIsSubmitted(String announced, int length) throws Exception {
        environ.set("CONTENT_LENGTH", announced);
        Exchange exchange = request(length);
        assertThat(application.submitted).contains(exchange);
        assertThat(exchange.environ().get("CONTENT_LENGTH")).isEqualTo(announced);
        assertThat(exchange.body().isComplete()).isTrue();
        assertThat(exchange.body().received()).isEqualTo(length);
    }

    @ParameterizedTest
    @CsvSource({"5,4", "5,6", "5,0", "0,1"})
    void anotherLengthThanAnnouncedNeverReachesTheApplication(String announced, int length) throws Exception {
        environ.set("CONTENT_LENGTH", announced);
        assertThat(cause(request(length))).isEqualTo(Cause.BODY_MISMATCH);
        assertThat(application.submitted).isEmpty();
        assertThat(sink.events()).containsExactly("head 400", "end 0");
    }

    @Test
    void theMismatchTellsBothNumbers() throws Exception {
        environ.set("CONTENT_LENGTH", "5");
        assertThat(request(4).failure()).asString().contains("announced 5 bytes, 4 arrived");
    }

    @Test
    void withoutAnnouncementTheLengthIsSettledAtTheEnd() throws Exception {
        assertThat(request(7).environ().get("CONTENT_LENGTH")).isEqualTo("7");
    }

    @Test
    void anEmptyAnnouncementCountsAsNone() throws Exception {
        environ.set("CONTENT_LENGTH", "");
        assertThat(request(7).environ().get("CONTENT_LENGTH")).isEqualTo("7");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noBodyAndNoAnnouncementIsNoLengthAndNotZero(boolean empty) throws Exception {
        if (empty) {
            environ.set("CONTENT_LENGTH", "");
        }
        Exchange exchange = request(0);
        assertThat(application.submitted).contains(exchange);
        assertThat(exchange.environ().has("CONTENT_LENGTH")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "+5",
                " 5",
                "5 ",
                "5,5",
                "0x5",
                "5.0",
                "five",
                "\u00b2",
                "9223372036854775808",
                "18446744073709551621"
            })
    void whatIsNoNumberIsABadRequestAtOnce(String announced) throws Exception {
        environ.set("CONTENT_LENGTH", announced);
        assertThat(cause(intake(true).exchange())).isEqualTo(Cause.BAD_REQUEST);
        assertThat(cause(request(5))).isEqualTo(Cause.BAD_REQUEST);
        assertThat(application.submitted).isEmpty();
    }

    @Test
    void tooLargeAnAnnouncementIsRefusedBeforeAByteHasCome() throws Exception {
        environ.set("CONTENT_LENGTH", "1001");
        Exchange exchange = intake(true).exchange();
        assertThat(cause(exchange)).isEqualTo(Cause.BODY_TOO_LARGE);
        assertThat(exchange.failure()).asString().contains("1001", "limit is 1000", "max_body", "[app.blog]");
    }

    @Test
    void aBodyThatGrowsTooLargeIsRefusedWhenItDoes() throws Exception {
        Intake intake = intake(true);
        TestLoop.run(() -> intake.append(Unpooled.buffer().writeZero(1000)));
        assertThat(intake.exchange().isOver()).isFalse();
        TestLoop.run(() -> intake.append(Unpooled.buffer().writeZero(1)));
        assertThat(cause(intake.exchange())).isEqualTo(Cause.BODY_TOO_LARGE);
        TestLoop.run(intake::submit);
        assertThat(application.submitted).isEmpty();
        assertThat(sink.events()).containsExactly("head 413", "end 0");
    }

    @Test
    void eachFrontHasItsOwnLimit() throws Exception {
        environ.set("CONTENT_LENGTH", "1001");
        assertThat(intake(false).exchange().isOver()).isFalse();
    }

    @Test
    void theDataOfAFilterHasTheLimitToo() throws Exception {
        Intake intake = intake(true);
        TestLoop.run(() -> intake.appendData(Unpooled.buffer().writeZero(1001), 1001));
        assertThat(cause(intake.exchange())).isEqualTo(Cause.BODY_TOO_LARGE);
    }

    @Test
    void theApplicationHearsOfARequestBeforeItsBody() throws Exception {
        Exchange exchange = intake(true).exchange();
        assertThat(application.opened).containsExactly(exchange);
        assertThat(application.submitted).isEmpty();
    }

    @Test
    void onlyAWebServersPathCountsAsMapped() throws Exception {
        assertThat(intake(true).exchange().isMapped()).isFalse();
        assertThat(intake(false).exchange().isMapped()).isTrue();
    }

    @Test
    void aRequestWhoseClientHasLeftIsNotSubmitted() throws Exception {
        Intake intake = intake(true);
        TestLoop.run(() -> {
            intake.exchange().cancel();
            intake.append(Unpooled.buffer().writeZero(10));
            intake.submit();
        });
        assertThat(application.submitted).isEmpty();
        assertThat(intake.body().received()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"REQUEST_ID", "HTTP_X_REQUEST_ID"})
    void aTrustedPeerSaysWhatTheRequestIsCalled(String variable) throws Exception {
        trusted = true;
        environ.set(variable, "proxy-17");
        Exchange exchange = intake(false).exchange();
        assertThat(exchange.id()).isEqualTo("proxy-17");
        assertThat(exchange.serial()).matches("r[0-9a-f]{7}");
        assertThat(environ.get("REQUEST_ID")).isEqualTo("proxy-17");
    }

    @ParameterizedTest
    @CsvSource({"REQUEST_ID,false,proxy-17", "HTTP_X_REQUEST_ID,false,proxy-17", "REQUEST_ID,true,proxy 17"})
    void whatAStrangerOrALineBreakerSaysIsNotTaken(String variable, boolean trust, String said) throws Exception {
        trusted = trust;
        environ.set(variable, said);
        Exchange exchange = intake(false).exchange();
        assertThat(exchange.id()).matches("r[0-9a-f]{7}").isEqualTo(exchange.serial());
        assertThat(environ.get("REQUEST_ID")).isEqualTo(exchange.id());
    }
}
