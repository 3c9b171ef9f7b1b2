package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every message, letter by letter: {@code problems.golden} has configurations and what {@code gatepool check} prints.
 * After a change, {@code -Dgolden.write=FILE} writes what is printed now; read it before it replaces the other.
 */
class GoldenTest {
    @TestFactory
    Stream<DynamicTest> printsEveryProblemAsTheGoldenFileShows(@TempDir Path directory) throws IOException {
        String golden;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("problems.golden"))) {
            golden = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        StringBuilder now = new StringBuilder();
        Stream.Builder<DynamicTest> tests = Stream.builder();
        for (String text : golden.split("(?m)^=== ")) {
            if (!text.isEmpty()) {
                Case example = Case.of(text);
                String printed = Fixtures.check(Fixtures.write(directory, "gatepool.toml", example.toml()));
                now.append("=== " + example.name() + "\n" + example.toml() + "--- check\n" + printed);
                tests.add(DynamicTest.dynamicTest(
                        example.name(), () -> assertThat(printed).isEqualTo(example.expected())));
            }
        }
        if (System.getProperty("golden.write") != null) {
            Files.writeString(Path.of(System.getProperty("golden.write")), now);
        }
        return tests.build();
    }

    private record Case(String name, String toml, String expected) {
        static Case of(String text) {
            int name = text.indexOf('\n');
            int end = text.indexOf("--- check\n");
            return end < 0
                    ? new Case(text.substring(0, name), text.substring(name + 1), "")
                    : new Case(
                            text.substring(0, name),
                            text.substring(name + 1, end),
                            text.substring(end + "--- check\n".length()));
        }
    }
}
