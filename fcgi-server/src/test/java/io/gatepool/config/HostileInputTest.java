package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is in the file, there is an answer of bearable size and no exception. */
class HostileInputTest {
    private static final int SIZE = 250_000;

    private enum Text {
        NESTED_LISTS("a = " + "[".repeat(SIZE)),
        NESTED_TABLES("a = " + "{a = ".repeat(SIZE / 5)),
        DEEP_HEADERS("[" + "a.".repeat(SIZE / 2) + "a]\n"),
        DEEP_KEYS("[server]\n" + "a.".repeat(120) + "a = 1\n"),
        A_LONG_LINE("[app.a]\nextensions = [" + "1, ".repeat(SIZE / 3) + "]\n"),
        A_LONG_KEY("a".repeat(SIZE) + " = 1\n"),
        A_LONG_NAME("[app." + "a".repeat(SIZE) + "]\n"),
        MARKS_WITHOUT_WIDTH("[server]\nlog_level = \"" + "\u0301".repeat(SIZE / 2) + "\"\n"),
        MANY_UNKNOWN_KEYS("[server]\n" + numbered("a%d = 1\n", SIZE / 12)),
        MANY_APPS(numbered("[app.a%d]\n", SIZE / 13)),
        THE_SAME_KEY("a = 1\n".repeat(SIZE / 6)),
        THE_SAME_TABLE("[app.a]\n".repeat(SIZE / 8)),
        NULS("\0".repeat(SIZE)),
        ONLY_QUOTES("\"".repeat(SIZE)),
        ONLY_LINE_ENDS("\r\n".repeat(SIZE / 2) + "x"),
        COMMENTS("# x\n \n".repeat(SIZE / 7) + "x = 1\n"),
        COMMENTS_IN_A_LIST("include = [\n" + "# x\n \n".repeat(SIZE / 7)),
        LATIN_1(new String(bytes(new Random(1), SIZE / 2), StandardCharsets.ISO_8859_1)),
        PRINTABLE(printable(new Random(2), SIZE)),
        A_MEGABYTE(printable(new Random(3), 1 << 20));

        private final String text;

        Text(String text) {
            this.text = text;
        }
    }

    private static String numbered(String format, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(String.format(format, i));
        }
        return text.toString();
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String printable(Random random, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(random.nextInt(12) == 0 ? '\n' : (char) (32 + random.nextInt(95)));
        }
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource
    void getsAnAnswerOfBearableSize(Text text, @TempDir Path directory) {
        String answer = Fixtures.check(Fixtures.write(directory, "gatepool.toml", text.text));
        assertThat(answer).endsWith(". Nothing was changed.\n").hasSizeLessThan(100_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aDamagedFileGetsAnAnswer(int seed, @TempDir Path directory) throws IOException {
        Random random = new Random(seed);
        String good = Files.readString(ReferenceTest.REFERENCE).replaceAll("(?m)^#(?=[a-z\\[])", "");
        String alphabet = "\"'[]{}=.,#\n\t \0\\\u00e9a1-_";
        for (int i = 0; i < 300; i++) {
            StringBuilder text = new StringBuilder(good);
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                int at = random.nextInt(text.length());
                int end = Math.min(text.length(), at + random.nextInt(8));
                text.replace(
                        at,
                        end,
                        alphabet.substring(random.nextInt(alphabet.length())).substring(0, 1));
            }
            Path file = Fixtures.write(directory, "gatepool.toml", text.toString());
            Loaded loaded = ConfigLoader.load(file);
            if (loaded instanceof Loaded.Broken broken) {
                assertThat(broken.problems()).isNotEmpty().allSatisfy(problem -> {
                    assertThat(problem.message()).isNotEmpty();
                    assertThat(problem.line()).isBetween(0, text.toString().split("\n", -1).length);
                });
                assertThat(ProblemPrinter.print(broken)).endsWith("Nothing was changed.\n");
            }
        }
    }

    @Test
    void whatIsNotUtf8IsShownWithItsPlace(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("gatepool.toml");
        Files.write(file, "a = 1\né = \"\u00e9".getBytes(StandardCharsets.UTF_8));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] = '"';
        Files.write(file, bytes);
        assertThat(Fixtures.check(file)).isEqualTo("""
                        gatepool.toml:2:6: byte 0xc3 is not UTF-8
                          2 | é = "\ufffd"
                            |      ^
                            save the file as UTF-8
                        1 error in 1 file. Nothing was changed.
                        """);
    }

    @Test
    void aMissingFileIsNamed(@TempDir Path directory) {
        assertThat(Fixtures.check(directory.resolve("gatepool.toml"))).isEqualTo("""
                        gatepool.toml: cannot be read: there is no such file
                        1 error in 1 file. Nothing was changed.
                        """);
    }

    @Test
    void aDirectoryIsNoFile(@TempDir Path directory) {
        assertThat(Fixtures.check(directory.resolve(".")))
                .isEqualTo(".: cannot be read: Is a directory\n1 error in 1 file. Nothing was changed.\n");
    }

    @Test
    void aFileWithoutEndIsNotReadToItsEnd() {
        assertThat(ProblemPrinter.print(((Loaded.Broken) ConfigLoader.load(Path.of("/dev/zero"))).problems()))
                .startsWith("/dev/zero: is larger than 256KiB\n");
    }
}
