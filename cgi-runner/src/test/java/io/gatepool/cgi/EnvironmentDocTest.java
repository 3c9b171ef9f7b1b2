package io.gatepool.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The names in {@code docs/cgi.md} are those of the allow-list. */
class EnvironmentDocTest {

    private static final Path PAGE = Path.of("../docs/cgi.md");
    private static final Pattern NAME = Pattern.compile("[A-Z_]{4,}");

    private static Set<String> namesBehind(String words) throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf("```", page.indexOf(words)) + 3;
        return NAME.matcher(page.substring(begin, page.indexOf("```", begin)))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    @Test
    void whatPassesIsInIt() throws IOException {
        assertThat(namesBehind("EnvironmentDocTest")).isEqualTo(CgiEnvironment.ALLOWED);
    }

    @Test
    void whatIsHeldBackIsInIt() throws IOException {
        assertThat(namesBehind("Held back:"))
                .containsExactlyInAnyOrder("HTTP_PROXY", "HTTP_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION")
                .containsAll(CgiEnvironment.CREDENTIALS);
    }
}
