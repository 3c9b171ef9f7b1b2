package io.gatepool.cgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathBytesTest {

    private static final String EVERY_OTHER_BYTE = allBytes();

    private final Path directory;

    PathBytesTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/a", "/a/b c", "/a%41", "/a?b#c", "/\u00c3\u00a9", "/\u00e9/\u00ff\u0080", "/a\nb\\c"})
    void bytesComeBackAsTheyWent(String bytes) {
        assertThat(PathBytes.text(PathBytes.path(bytes))).isEqualTo(bytes);
    }

    @Test
    void everyByteThatANameMayHaveComesBack() {
        assertThat(PathBytes.text(PathBytes.path("/" + EVERY_OTHER_BYTE))).isEqualTo("/" + EVERY_OTHER_BYTE);
    }

    @Test
    void theSystemSeesTheBytes() throws IOException {
        Path file = Files.createFile(PathBytes.child(directory, "\u00e9\u00ff.cgi"));

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file).allSatisfy(listed -> assertThat(
                            listed.toUri().getRawPath())
                    .endsWith("/%E9%FF.cgi"));
        }
    }

    @Test
    void aDirectoryHasNoSlashAtItsEnd() throws IOException {
        Path made = Files.createDirectory(PathBytes.child(directory, "\u00e9"));

        assertThat(PathBytes.text(made)).isEqualTo(PathBytes.text(directory) + "/\u00e9");
    }

    @Test
    void textBecomesUtf8() {
        assertThat(PathBytes.utf8("a\u00e9\u20ac")).isEqualTo("a\u00c3\u00a9\u00e2\u0082\u00ac");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "relative", "/\u20ac", "/\u00e9\0"})
    void whatIsNoAbsolutePathOfBytesIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PathBytes.path(text));
    }

    private static String allBytes() {
        StringBuilder all = new StringBuilder();
        for (char c = 1; c <= 0xff; c++) {
            if (c != '/') {
                all.append(c);
            }
        }
        return all.toString();
    }
}
