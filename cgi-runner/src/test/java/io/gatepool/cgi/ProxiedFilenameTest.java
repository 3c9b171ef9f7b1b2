package io.gatepool.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As Apache 2.4.71 sends them, unless it says otherwise. */
class ProxiedFilenameTest {

    @ParameterizedTest
    @CsvSource({
        // SetHandler, with and without a slash behind the host: the file, not encoded.
        "proxy:fcgi://localhost//www/x.php,               /x.php,           /www/x.php",
        "proxy:fcgi://localhost/www/x.php,                /x.php,           /www/x.php",
        "proxy:fcgi://gatepool//www/a%20b.php,            /a%20b.php,       /www/a%20b.php",
        "proxy:fcgi://gatepool//www/50%/x.php,            /50%/x.php,       /www/50%/x.php",
        "proxy:fcgi://gatepool//real%20/x.php,            /alias/x.php,     /real%20/x.php",
        // ProxyPass, ProxyPassMatch, RewriteRule: encoded, with PATH_INFO.
        "proxy:fcgi://127.0.0.1:9000/www/x.php/rest,      /x.php/rest,      /www/x.php/rest",
        "proxy:fcgi://127.0.0.1:9000/www/a%20b.php,       /p/a b.php,       /www/a b.php",
        "proxy:fcgi://127.0.0.1:9000/www/a%20b/x.php,     /p/a b/x.php,     /www/a b/x.php",
        "proxy:fcgi://127.0.0.1:9000/www/a%2520b.php,     /a%20b.php,       /www/a%20b.php",
        "proxy:fcgi://127.0.0.1:9000/www/x.php/p%2Fq%20r, /x.php/p%2Fq r,   /www/x.php/p%2Fq r",
        "proxy:fcgi://127.0.0.1:9000/www/x.php/p%2Fq,     /x.php/p%2Fq,     /www/x.php/p%2Fq",
        "proxy:balancer://pool/www/x.php,                 /x.php,           /www/x.php",
        // ProxyFCGIBackendType GENERIC takes the prefix away, and leaves the rest encoded.
        "/www/a%20b.php,                                  /a b.php,         /www/a b.php",
        "//www/a%20b.php,                                 /a b.php,         /www/a b.php",
        // nginx, and mod_fcgid.
        "/www/a b.php,                                    /a b.php,         /www/a b.php",
        "/www/a%20b.php,                                  /a%20b.php,       /www/a%20b.php",
        "/www/a%20b.php,                                  '',               /www/a%20b.php",
        // Nothing to find.
        "proxy:fcgi://localhost,                          /x.php,           /",
        "proxy:fcgi://,                                   '',               /",
        "proxy:http://localhost/x,                        /x,               proxy:http://localhost/x",
        "'',                                              /x,               ''",
    })
    void isThePathThatItMeans(String sent, String scriptName, String meant) {
        assertThat(ProxiedFilename.plain(sent, scriptName, "a=b")).isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({
        "proxy:fcgi://127.0.0.1:9000/www/x.php?a=b, a=b, /www/x.php",
        "proxy:fcgi://localhost//www/x?.php,        a=b, /www/x?.php",
        "proxy:fcgi://localhost//www/x.php?,        '',  /www/x.php?",
        "/www/x.php?a=b,                            a=b, /www/x.php?a=b",
    })
    void losesTheQueryThatOldOnesLeaveThere(String sent, String query, String meant) {
        assertThat(ProxiedFilename.plain(sent, "/x.php", query)).isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({
        "proxy:fcgi://localhost/www/%2e%2e/x.php,   /../x.php",
        "proxy:fcgi://localhost/www/x.php%00.gif,   /x.php%00.gif",
    })
    void whatWouldClimbIsLeftToTheFinder(String sent, String scriptName) {
        // Decoded or not: ScriptFinder refuses dots and NUL, and looks for the literal name otherwise.
        assertThat(ProxiedFilename.plain(sent, scriptName, "")).startsWith("/www/");
    }
}
