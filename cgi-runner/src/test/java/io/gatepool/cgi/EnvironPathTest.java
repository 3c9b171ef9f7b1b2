package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The path of an environ, which is SCRIPT_NAME with PATH_INFO behind it, and numbers. "-" is a variable that is
 * missing.
 */
class EnvironPathTest {

    private static Environ of(String name, String info) {
        Environ environ = new Environ();
        environ.set("BEFORE", "/app");
        if (!name.equals("-")) {
            environ.set("SCRIPT_NAME", name);
        }
        environ.set("BETWEEN", "/app/x");
        if (!info.equals("-")) {
            environ.set("PATH_INFO", info);
        }
        return environ;
    }

    @ParameterizedTest
    @CsvSource({
        "/app,     -",
        "/app,     ''",
        "/app/,    -",
        "/app/x,   -",
        "/app,     /x",
        "/app,     /",
        "/ap,      p",
        "/,        app",
        "/ap,      p/x",
        "'',       /app",
        "-,        /app/x",
        "-,        /app",
    })
    void whatLiesUnderAMountDoesSoHoweverItIsSplit(String name, String info) {
        assertThat(of(name, info).isPathUnder("/app")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/apple,   -",
        "/app,     le",
        "-,        /apple",
        "/ap,      -",
        "/ap,      ''",
        "/App,     -",
        "//app,    -",
        "'',       ''",
        "-,        -",
        "/a,       /app",
    })
    void whatLiesBesideItDoesNot(String name, String info) {
        assertThat(of(name, info).isPathUnder("/app")).isFalse();
    }

    @Test
    void aMountOfOtherBytesThanAsciiIsComparedByteByByte() {
        assertThat(of("/\u00c3\u00bc/x", "-").isPathUnder("/\u00c3\u00bc")).isTrue();
        assertThat(of("/\u00c3\u00bd/x", "-").isPathUnder("/\u00c3\u00bc")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/app/x,   -,     4,  /app,    /x",
        "/app,     -,     4,  /app,    ''",
        "/app/x,   -,     0,  '',      /app/x",
        "/app/x,   -,     6,  /app/x,  ''",
        "/app/x,   /y,    4,  /app,    /x/y",
        "/app,     /x/y,  6,  /app/x,  /y",
        "/app,     /x/y,  4,  /app,    /x/y",
        "/app,     /x/y,  0,  '',      /app/x/y",
        "/app,     /x/y,  8,  /app/x/y, ''",
        "-,        /app/x, 4, /app,    /x",
        "-,        /app/x, 0, '',      /app/x",
        "'',       /app/x, 4, /app,    /x",
        "-,        -,     0,  '',      ''",
        "/app/x,   '',    4,  /app,    /x",
    })
    void thePathIsSplitAnew(String name, String info, int length, String newName, String newInfo) {
        Environ environ = of(name, info);
        environ.splitPath(length);
        assertThat(environ.get("SCRIPT_NAME")).isEqualTo(newName);
        assertThat(environ.get("PATH_INFO")).isEqualTo(newInfo);
        assertThat(environ.get("BEFORE")).isEqualTo("/app");
        assertThat(environ.get("BETWEEN")).isEqualTo("/app/x");
        environ.set("SCRIPT_NAME", "/another");
        assertThat(environ.get("PATH_INFO")).isEqualTo(newInfo);
    }

    @Test
    void thereIsRoomForThePathWhereThereIsNone() throws TooManyVariables {
        byte[] wire = "SCRIPT_NAME/app/xPATH_INFO/y".getBytes(US_ASCII);
        Environ environ = Environ.over(wire, wire.length);
        environ.add(0, 11, 11, 6);
        environ.add(17, 9, 26, 2);
        environ.splitPath(4);
        assertThat(environ.get("SCRIPT_NAME")).isEqualTo("/app");
        assertThat(environ.get("PATH_INFO")).isEqualTo("/x/y");
    }

    @Test
    void aPathIsNotSplitBehindItsEnd() {
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> of("/app", "/x").splitPath(7));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "007, 7",
        "65536, 65536",
        "999999999999999999, 999999999999999999",
        "'', -7",
        "1000000000000000000, -7",
        "-1, -7",
        "+1, -7",
        "' 1', -7",
        "1a, -7",
        "\u00b2, -7"
    })
    void aNumberIsOneToEighteenDigits(String text, long number) {
        Environ environ = new Environ();
        environ.set("CONTENT_LENGTH", text);
        assertThat(environ.number("CONTENT_LENGTH", -7)).isEqualTo(number);
        assertThat(environ.number("CONTENT_LENGTHS", -7)).isEqualTo(-7);
    }
}
