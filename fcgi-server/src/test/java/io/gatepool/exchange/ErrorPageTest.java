package io.gatepool.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Header;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorPageTest {

    private static ErrorPage of(Cause cause) {
        return ErrorPage.of("r7f3a412", new Failure(cause, "secret /srv/path <b>"));
    }

    private static Map<String, String> fields(ErrorPage page) {
        return page.head().headers().stream().collect(Collectors.toMap(Header::name, Header::value));
    }

    @ParameterizedTest
    @EnumSource
    void everyFailureHasAPageThatSaysWhatHappenedAndUnderWhichId(Cause cause) {
        ErrorPage page = of(cause);
        assertThat(page.head().status()).isEqualTo(cause.status());
        assertThat(fields(page)).containsEntry("X-Gatepool-Cause", cause.text());
        assertThat(page.body().toString(UTF_8))
                .contains(Integer.toString(cause.status()), cause.sentence(), cause.text(), "r7f3a412");
    }

    @ParameterizedTest
    @EnumSource
    void theLengthIsThatOfThePage(Cause cause) {
        ErrorPage page = of(cause);
        assertThat(page.head().contentLength()).isEqualTo(page.body().readableBytes());
    }

    @ParameterizedTest
    @EnumSource
    void theDetailStaysInTheLog(Cause cause) {
        ErrorPage page = of(cause);
        assertThat(page.body().toString(UTF_8)).doesNotContain("secret", "/srv/path");
        assertThat(fields(page).toString()).doesNotContain("secret", "/srv/path");
    }

    @ParameterizedTest
    @EnumSource
    void whatPassesSaysWhenToComeAgain(Cause cause) {
        assertThat(fields(of(cause)).containsKey("Retry-After")).isEqualTo(cause.status() == 503);
    }

    @Test
    void theTypeIsHtml() {
        assertThat(fields(of(Cause.NOT_FOUND))).containsEntry("Content-Type", "text/html; charset=utf-8");
    }
}
