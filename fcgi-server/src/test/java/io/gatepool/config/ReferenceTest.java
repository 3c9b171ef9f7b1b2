package io.gatepool.config;

import static io.gatepool.config.Fixtures.APP;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code conf/gatepool.toml} is what an administrator reads: it must not rot. */
class ReferenceTest {
    static final Path REFERENCE = Path.of("../conf/gatepool.toml");

    /** A setting that only needs to lose its "#", unlike the prose behind "# ". */
    private static final Pattern SETTING = Pattern.compile("#?([a-z_.]+) = .*");

    private static final Pattern HEADER = Pattern.compile("#?\\[([a-z.]+)\\]");

    private static List<String> lines() throws IOException {
        return Files.readAllLines(REFERENCE);
    }

    private static String uncommented() throws IOException {
        return Files.readString(REFERENCE).replaceAll("(?m)^#(?=[a-z\\[])", "");
    }

    @Test
    void asInstalledItHasNoProblemsAndStartsNoApps() {
        assertThat(Fixtures.load(REFERENCE).apps()).isEmpty();
    }

    @Test
    void withEverySettingInForceItHasNoProblems(@TempDir Path directory) throws IOException {
        assertThat(Fixtures.load(directory, uncommented()).apps())
                .extracting(AppSettings::name)
                .containsExactly("blog", "cgi", "shop", "poll", "git");
    }

    @Test
    void everyKeyIsInIt() throws IOException {
        List<String> written = new ArrayList<>();
        String section = "";
        for (String line : lines()) {
            Matcher header = HEADER.matcher(line);
            Matcher setting = SETTING.matcher(line);
            if (header.matches()) {
                section = header.group(1).replaceAll("\\..*", "");
            } else if (setting.matches()) {
                written.add(section + " " + setting.group(1));
            }
        }
        assertThat(written)
                .containsAll(withSection("server", ServerKeys.SCHEMA))
                .containsAll(withSection("http", HttpKeys.SCHEMA))
                .containsAll(withSection("defaults", AppKeys.DEFAULTS))
                .contains("app kind", "app command", "app listen", "app mount", "app root", "app script")
                .contains("app fallback");
    }

    private static List<String> withSection(String section, Schema schema) {
        return schema.names().stream().map(name -> section + " " + name).toList();
    }

    /** The settings that are shown as defaults: those of the sections, without a note that there is none. */
    static Stream<Arguments> defaults() throws IOException {
        Stream.Builder<Arguments> settings = Stream.builder();
        String section = "";
        for (String line : lines()) {
            Matcher header = HEADER.matcher(line);
            if (header.matches()) {
                section = header.group(1);
            } else if (line.startsWith("#")
                    && SETTING.matcher(line).matches()
                    && !section.startsWith("app.")
                    && !line.contains("# no default")
                    && !line.contains("# as root")) {
                settings.add(Arguments.of(section, line.substring(1)));
            }
        }
        return settings.build();
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void theDefaultThatItShowsIsTheDefault(String section, String setting, @TempDir Path directory) {
        String app = APP.replace("unix:/run/a.sock", ":80");
        Configuration without = Fixtures.load(directory, app);
        Configuration with = Fixtures.load(directory, "[" + section + "]\n" + setting + "\n" + app);
        assertThat(with).isEqualTo(without);
    }

    @Test
    void itHasEightyColumns() throws IOException {
        assertThat(lines()).allMatch(line -> line.length() <= 80);
    }
}
