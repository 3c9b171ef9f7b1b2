package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of {@code docs/logs.md} have the fields that there are, and the combined format is the one it shows. */
class LogFieldDocTest {

    private static final Path PAGE = Path.of("../docs/logs.md");

    private static String page() throws IOException {
        return Files.readString(PAGE);
    }

    @Test
    void everyFieldIsInIt() throws IOException {
        Set<String> written = new TreeSet<>();
        Matcher field = Pattern.compile("(?m)`(%[^ `]+)` ?(?=\\|)").matcher(page());
        while (field.find()) {
            written.add(field.group(1));
        }
        Set<String> known = new TreeSet<>(Set.of((LogField.names() + " " + LogField.letters()).split(" ")));
        assertThat(written).isEqualTo(known);
    }

    @Test
    void combinedIsWrittenOut() throws IOException {
        assertThat(page()).contains("\n" + LogFormat.COMBINED_TEXT + "\n");
    }
}
