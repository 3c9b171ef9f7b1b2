package io.gatepool.config;

import static io.gatepool.config.Fixtures.APP;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of {@code docs/configuration.md} say what the schema says. */
class ConfigurationDocTest {

    private static final Path PAGE = Path.of("../docs/configuration.md");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z_.]+)` \\| (`(.*?)`|-) \\|(.*)\\|");
    private static final Pattern HEADING = Pattern.compile("## \\[?(\\w+).*");
    private static final Pattern KIND = Pattern.compile(" ([a-z, ]*?) ?\\|.*");
    private static final Pattern NAME = Pattern.compile("`([a-z_.]+)`");

    /** A line of a table; the default in TOML's notation, empty where the page has none. */
    private record Row(String section, String key, String byDefault, String rest) {}

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        String section = "";
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                section = heading.group(1);
            } else if (row.matches()) {
                rows.add(new Row(
                        section, row.group(1), Optional.ofNullable(row.group(3)).orElse(""), row.group(4)));
            }
        }
        return rows;
    }

    private static List<String> keys(String section) throws IOException {
        return rows().stream()
                .filter(row -> row.section().equals(section))
                .map(Row::key)
                .toList();
    }

    @Test
    void everyKeyOfTheServerIsInIt() throws IOException {
        assertThat(keys("server")).containsExactlyElementsOf(ServerKeys.SCHEMA.names());
    }

    @Test
    void everyKeyOfTheHttpFrontIsInIt() throws IOException {
        assertThat(keys("http")).containsExactlyElementsOf(HttpKeys.SCHEMA.names());
    }

    @Test
    void everyKeyOfAnAppIsInIt() throws IOException {
        assertThat(keys("defaults")).containsExactlyInAnyOrderElementsOf(AppKeys.SCHEMA.names());
    }

    static Stream<Arguments> defaults() throws IOException {
        return rows().stream()
                .filter(row -> !row.byDefault().isEmpty() && !row.key().equals("mount"))
                .map(row -> Arguments.of(row.section(), row.key(), row.byDefault()));
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void theDefaultThatItShowsIsTheDefault(String section, String key, String value, @TempDir Path directory) {
        String app = APP.replace("unix:/run/a.sock", ":80");
        String setting = "[" + section + "]\n" + key + " = " + value + "\n";
        assertThat(Fixtures.load(directory, setting + app)).isEqualTo(Fixtures.load(directory, app));
    }

    @Test
    void aKeyWithADefaultShowsIt() throws IOException {
        for (Row row : rows()) {
            Stream.of(ServerKeys.SCHEMA, HttpKeys.SCHEMA, AppKeys.SCHEMA)
                    .flatMap(schema -> schema.keys().stream())
                    .filter(key -> key.name().equals(row.key()))
                    .forEach(key -> assertThat(row.byDefault().isEmpty())
                            .as("the default of %s", row.key())
                            .isEqualTo(key.byDefault().isEmpty()));
        }
    }

    @Test
    void theKindThatItShowsIsTheKind() throws IOException {
        for (Key<?> key : AppKeys.SCHEMA.keys()) {
            for (Row row : rows()) {
                if (row.section().equals("defaults") && row.key().equals(key.name())) {
                    Matcher kind = KIND.matcher(row.rest());
                    assertThat(kind.matches()).as(row.toString()).isTrue();
                    assertThat(kind.group(1))
                            .as(row.key())
                            .isEqualTo(key.only().stream().map(Kind::text).collect(Collectors.joining(", ")));
                }
            }
        }
    }

    @Test
    void whatItPromisesForLaterIsRefusedWithThatWord() throws IOException {
        String page = Files.readString(PAGE);
        String later = page.substring(page.indexOf("## Not there yet"), page.indexOf("## Signals"));
        Matcher name = NAME.matcher(later);
        List<String> promised = new ArrayList<>();
        while (name.find()) {
            String key = name.group(1);
            promised.add(key);
            assertThat(AppKeys.SCHEMA.isLater(key) || ServerKeys.SCHEMA.isLater(key))
                    .as(key)
                    .isTrue();
        }
        assertThat(promised).contains("env_file");
    }
}
