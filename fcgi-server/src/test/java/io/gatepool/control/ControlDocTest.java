package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of requests in {@code docs/control.md} is what the socket takes. */
class ControlDocTest {

    private static final Path PAGE = Path.of("../docs/control.md");
    private static final List<String> FIELDS = List.of("app", "id", "workers", "changed", "now");

    @Test
    void everyCommandIsInItWithItsFields() throws IOException {
        Pattern row = Pattern.compile("\\| `[a-z-]+` \\|.*\\|.*\\|");
        String page = Files.readString(PAGE);
        Stream<String> rows = page.substring(page.indexOf("ControlDocTest"), page.indexOf("An answer has either"))
                .lines()
                .filter(row.asMatchPredicate())
                .filter(line -> !line.contains("needs"));
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(Verb.values())
                        .map(verb -> "| `" + verb.text() + "` | "
                                + fields(verb.required()::contains)
                                + " | "
                                + fields(field ->
                                        verb.takes(field) && !verb.required().contains(field))
                                + " |")
                        .toList());
    }

    private static String fields(Predicate<String> which) {
        return FIELDS.stream().filter(which).map(field -> "`" + field + "`").collect(Collectors.joining(" "));
    }
}
