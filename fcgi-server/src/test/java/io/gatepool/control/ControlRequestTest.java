package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlRequestTest {

    @Test
    void aCommandWithItsFields() throws Rejection {
        assertThat(ControlRequest.parse("{\"protocol\":1,\"command\":\"scale\",\"app\":\"shop\",\"workers\":3}"))
                .isEqualTo(new ControlRequest(Verb.SCALE, "shop", "", false, 3));
        assertThat(ControlRequest.parse("  {\"command\": \"stop\", \"now\": true} \r"))
                .isEqualTo(new ControlRequest(Verb.STOP, "", "", true, -1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "                                          | bad-request     | a line with a JSON object is wanted, not ''",
                "GET / HTTP/1.1                            | bad-request     | a line with a JSON object is wanted",
                "[]                                        | bad-request     | a line with a JSON object is wanted",
                "{\"command\":\"status\"                    | bad-request     | a line with a JSON object is wanted",
                "{}                                        | unknown-command | which command?",
                "{\"command\":\"explode\"}                  | unknown-command | there is no command 'explode'",
                "{\"command\":7}                           | bad-request     | \"command\": a string is wanted, not '7'",
                "{\"command\":null}                        | bad-request     | \"command\": a string is wanted, not 'null'",
                "{\"command\":\"drain\"}                    | bad-request     | drain needs \"app\"",
                "{\"command\":\"drain\",\"app\":[\"a\"]}      | bad-request     | \"app\": a string is wanted",
                "{\"command\":\"status\",\"id\":\"r1\"}       | bad-request     | status has no field 'id'",
                "{\"command\":\"stop\",\"now\":\"yes\"}       | bad-request     | \"now\": true or false is wanted",
                "{\"command\":\"status\",\"protocol\":2}     | other-protocol  | this gatepool speaks protocol 1, not '2'",
                "{\"command\":\"scale\",\"app\":\"a\",\"workers\":1e99} | bad-request | \"workers\": a number is wanted",
            })
    void whatIsWrongIsSaid(String line, String code, String what) {
        Rejection rejection =
                catchThrowableOfType(Rejection.class, () -> ControlRequest.parse(line == null ? "" : line));
        assertThat(rejection.code()).isEqualTo(code);
        assertThat(rejection).hasMessageStartingWith(what);
        assertThat(rejection.remedy()).isNotEmpty();
    }

    @Test
    void aLongOneIsNotRepeatedInTheAnswer() {
        assertThatThrownBy(() -> ControlRequest.parse("x".repeat(8000)))
                .message()
                .hasSizeLessThan(200);
    }

    @Test
    void aDeepOneIsRefused() {
        assertThatThrownBy(() -> ControlRequest.parse("{\"command\":" + "[".repeat(4000)))
                .isInstanceOf(Rejection.class);
    }
}
