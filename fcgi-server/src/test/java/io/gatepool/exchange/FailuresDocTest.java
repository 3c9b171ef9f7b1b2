package io.gatepool.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of {@code docs/failures.md} is the list of causes. */
class FailuresDocTest {

    private static final Path PAGE = Path.of("../docs/failures.md");
    private static final Pattern ROW = Pattern.compile("\\| \\d{3} \\| `[a-z-]+` \\| .*\\|");

    @Test
    void everyCauseIsInItWithItsStatusSentenceAndRemedy() throws IOException {
        List<String> causes = Arrays.stream(Cause.values())
                .map(cause -> "| " + cause.status() + " | `" + cause.text() + "` | " + cause.sentence() + " | "
                        + Remedy.of(cause) + " |")
                .toList();
        List<String> rows =
                Files.readAllLines(PAGE).stream().filter(ROW.asMatchPredicate()).toList();
        assertThat(rows).containsExactlyElementsOf(causes);
    }
}
