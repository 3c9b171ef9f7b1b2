package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemPrinterTest {
    private static Problem problem(int line, int column, int length, String source) {
        return new Problem(Path.of("x.toml"), line, column, length, source, "message", Optional.empty());
    }

    private static List<String> lines(Problem problem) {
        return ProblemPrinter.print(List.of(problem)).lines().toList();
    }

    @Test
    void aProblemWithAFileHasNoLine() {
        Problem problem = Problem.ofFile(Path.of("x.toml"), "cannot be read", Optional.of("mend it"));
        assertThat(ProblemPrinter.print(List.of(problem)))
                .isEqualTo("x.toml: cannot be read\n    mend it\n1 error in 1 file. Nothing was changed.\n");
    }

    @Test
    void withoutMoreToGoByItCountsTheFilesWithProblems() {
        Problem other = Problem.ofFile(Path.of("y.toml"), "message", Optional.empty());
        assertThat(ProblemPrinter.print(List.of(problem(1, 1, 1, "x"), problem(2, 1, 1, "x"), other)))
                .endsWith("3 errors in 2 files. Nothing was changed.\n");
    }

    @Test
    void theMarginGrowsWithTheLineNumber() {
        assertThat(lines(problem(12345, 3, 2, "a bc")))
                .containsExactly(
                        "x.toml:12345:3: message",
                        "12345 | a bc",
                        "      |   ^^",
                        "1 error in 1 file. Nothing was changed.");
    }

    @Test
    void caretsStandUnderWideCharactersAndBehindTabs() {
        assertThat(lines(problem(1, 3, 2, "\t日本x")).subList(1, 3)).containsExactly("  1 | \t日本x", "    | \t  ^^^");
    }

    @Test
    void aCombiningMarkTakesNoColumn() {
        assertThat(lines(problem(1, 4, 1, "e\u0301 x")).subList(1, 3)).containsExactly("  1 | e\u0301 x", "    |   ^");
    }

    @Test
    void aPlaceBehindTheLineGetsOneCaret() {
        assertThat(lines(problem(1, 9, 5, "ab")).subList(1, 3)).containsExactly("  1 | ab", "    |   ^");
    }

    @Test
    void nothingReachesTheTerminalThatItWouldObey() {
        Problem problem = new Problem(
                Path.of("a\u001b.toml"), 1, 1, 1, "\u001b[2J\u0000\u202e\u009b", "\u0007", Optional.of("\r"));
        assertThat(ProblemPrinter.print(List.of(problem)))
                .isEqualTo("a?.toml:1:1: ?\n  1 | ?[2J???\n    | ^\n    ?\n1 error in 1 file. Nothing was changed.\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40, 100, 5_000, 9_999, 10_000})
    void ofALongLineThePartThatIsMeantIsShown(int column) {
        String source = "a".repeat(column - 1) + "X" + "b".repeat(10_000 - column);
        List<String> lines = lines(problem(1, column, 1, source));
        assertThat(lines.get(1)).hasSizeLessThanOrEqualTo(80);
        assertThat(lines.get(1).indexOf('X')).isEqualTo(lines.get(2).indexOf('^'));
    }

    @Test
    void aLongValueIsUnderlinedAsFarAsItIsShown() {
        List<String> lines = lines(problem(1, 5, 500, "a = " + "b".repeat(500)));
        assertThat(lines.get(1)).hasSizeLessThanOrEqualTo(80).endsWith("b...");
        assertThat(lines.get(2)).endsWith("^").hasSize(lines.get(1).length() - 3);
    }

    @Test
    void aLongRemedyIsWrapped() {
        Problem problem = Problem.ofFile(
                Path.of("x"), "message", Optional.of("word ".repeat(40).trim()));
        assertThat(lines(problem)).allMatch(line -> line.length() <= 80).hasSize(5);
    }
}
