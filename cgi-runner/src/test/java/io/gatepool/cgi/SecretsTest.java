package io.gatepool.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    @ParameterizedTest
    @ValueSource(strings = {"API_KEY", "DB_PASSWORD", "MY_SECRET", "GITHUB_TOKEN", "HTTP_COOKIE", "HTTP_AUTHORIZATION"})
    void namesThatSoundLikeSecrets(String name) {
        assertThat(Secrets.isSecret(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PATH", "KEYBOARD", "QUERY_STRING", ""})
    void namesThatDoNot(String name) {
        assertThat(Secrets.isSecret(name)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "GET /a, GET /a",
        "GET /a?user=me, GET /a?user=me",
        "GET /a?token=x, GET /a?token=********",
        "GET /a?token=, GET /a?token=",
        "GET /a?user=me&API_Key=x&b=1, GET /a?user=me&API_Key=********&b=1",
        "GET /a?x=1;sessionid=a;password=b, GET /a?x=1;sessionid=********;password=********",
        "GET /token=x/y, GET /token=x/y",
        "GET /a?token=x..., GET /a?token=********"
    })
    void fieldsOfAQuery(String title, String masked) {
        assertThat(Secrets.maskQuery(title)).isEqualTo(masked);
    }

    @Test
    void aLongQueryTakesNoTime() {
        String title = "GET /?" + "key".repeat(70);
        assertThat(Secrets.maskQuery(title + "=")).isEqualTo(title + "=");
    }
}
