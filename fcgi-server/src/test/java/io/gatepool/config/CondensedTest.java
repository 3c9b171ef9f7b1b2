package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CondensedTest {
    private static Condensed of(String text) {
        return Condensed.of(List.of(text.split("\n", -1)));
    }

    @Test
    void blankLinesAndCommentsGoAndTheOthersKeepTheirNumbers() {
        Condensed condensed = of("# a\n\n \t# b\r\na = 1 # c\n\r\n\nb = 2\n");
        assertThat(condensed.text()).isEqualTo("a = 1 # c\nb = 2\n");
        assertThat(condensed.numbers()).containsExactly(4, 7, 8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = \"\"\"\n# b\n\n\"\"\"\n",
                "a = '''\n# b\n\\'''\n",
                "a = \"\"\"x\\\"\"\"\n# b\n\"\"\"\n",
                "a = [ '''x''', \"\"\"\n# b\n\"\"\" ]\n",
                "a = \"#\" # '''\nb = '''\n#\n'''\n",
                "# \u0001\na = 1",
                "a = 1\n#",
                "",
            })
    void whatMayBePartOfAStringOrAnErrorStays(String text) {
        assertThat(of(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = \"\"\"x\"\"\"\"\"\n# b\nc",
                "a = '\"\"\"'\n# b\nc",
                "a = \"'''\"\n# b\nc",
                "a = \"\\\"'''\"\n# b\nc",
                "a = 1 # \"\"\"\n# b\nc",
                "a = ''''''\n# b\nc",
                "a = \"x\n# b\nc",
            })
    void aStringEndsWhereTomlEndsIt(String text) {
        assertThat(of(text).numbers()).containsExactly(1, 3);
    }
}
