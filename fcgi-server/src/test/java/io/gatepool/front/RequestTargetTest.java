package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {

    @ParameterizedTest
    @CsvSource({
        "/,                 /,         ''",
        "/a/b,              /a/b,      ''",
        "/a?,               /a,        ''",
        "/a?b=c,            /a,        b=c",
        "/a?b?c/../d,       /a,        b?c/../d",
        "/a?%2e%00%zz,      /a,        %2e%00%zz",
        "/a%20b,            /a b,      ''",
        "/a+b,              /a+b,      ''",
        "/%41%3f%23%25,     /A?#%,     ''",
        "/%2541,            /%41,      ''",
        "/a%2Fb%2fc,        /a/b/c,    ''",
        "//a//b/,           //a//b/,   ''",
        "/?/a,              /,         /a"
    })
    void thePathIsDecodedOnceAndTheQueryIsNot(String target, String path, String query) throws Exception {
        RequestTarget parsed = RequestTarget.parse(target);
        assertThat(parsed.path()).isEqualTo(path);
        assertThat(parsed.query()).isEqualTo(query);
        assertThat(parsed.original()).isEqualTo(target);
        assertThat(parsed.authority()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/.,              /",
        "/./,             /",
        "/a/.,            /a/",
        "/a/./b,          /a/b",
        "/a/..,           /",
        "/a/../,          /",
        "/a/../b,         /b",
        "/a/b/../../c,    /c",
        "/a/b/..,         /a/",
        "/a/%2e%2E/b,     /b",
        "/a%2f..%2fb,     /b",
        "/a//../b,        /a/b",
        "/...,            /...",
        "/.a/..b/c..,     /.a/..b/c..",
        "/a/b/./../c/,    /a/c/"
    })
    void dotSegmentsAreResolvedHoweverTheyAreWritten(String target, String path) throws Exception {
        assertThat(RequestTarget.parse(target).path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/..", "/../", "/../etc/passwd", "/a/../../b", "/%2e%2e/b", "/.%2e", "/a%2f..%2f..%2fb", "/./.."
            })
    void climbingAboveTheRootIsRefused(String target) {
        assertThatThrownBy(() -> RequestTarget.parse(target))
                .isInstanceOf(RequestTarget.Bad.class)
                .hasMessageContaining("above the root");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/%", "/%4", "/%zz", "/%4g", "/a%", "/%-1", "/% 1", "/%00", "/a%00.php", "/a#b", "#", "/a?b#c"})
    void whatIsNoPathIsRefused(String target) {
        assertThatThrownBy(() -> RequestTarget.parse(target)).isInstanceOf(RequestTarget.Bad.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "a", "a/b", "?a", "host:80", "ftp://host/", "http:/host", "http:", "\\a"})
    void whatDoesNotStartWithASlashIsRefused(String target) {
        assertThatThrownBy(() -> RequestTarget.parse(target)).isInstanceOf(RequestTarget.Bad.class);
    }

    @ParameterizedTest
    @CsvSource({
        "http://host/a?b,       /a,  b,  host,      /a?b",
        "HTTPS://host:8080/a,   /a,  '', host:8080, /a",
        "http://host,           /,   '', host,      /",
        "http://host?b,         /,   b,  host,      /?b",
        "http://[::1]:80/,      /,   '', [::1]:80,  /",
        "http://h/a/../b,       /b,  '', h,         /a/../b",
        "http://h/http://i/,    /http://i/, '', h,  /http://i/"
    })
    void absoluteFormIsTakenApart(String target, String path, String query, String authority, String original)
            throws Exception {
        assertThat(RequestTarget.parse(target)).isEqualTo(new RequestTarget(path, query, original, authority));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http:///a", "http://?a", "http://user@host/", "http://a b/", "http://h\\i/", "http://h\"/"})
    void anAuthorityThatIsNoHostIsRefused(String target) {
        assertThatThrownBy(() -> RequestTarget.parse(target)).isInstanceOf(RequestTarget.Bad.class);
    }

    @Test
    void everyByteButNulCanBeWritten() throws Exception {
        for (int b = 1; b < 256; b++) {
            if (b != '/' && b != '.') {
                assertThat(RequestTarget.parse(String.format("/%%%02X", b)).path())
                        .isEqualTo("/" + (char) b);
            }
        }
    }
}
