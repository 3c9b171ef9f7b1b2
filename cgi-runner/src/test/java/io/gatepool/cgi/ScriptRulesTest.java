package io.gatepool.cgi;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptRulesTest {

    private static final Path ROOT = Path.of("/srv");

    @Test
    void theRootMustBeAbsolute() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScriptRules(
                        Path.of("srv"),
                        List.of(),
                        List.of(),
                        Map.of(),
                        ScriptRules.ExecuteBit.WITHOUT_INTERPRETER,
                        false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../x", "/etc/passwd", "a/b"})
    void anIndexMustBeANameInTheDirectory(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScriptRules(
                        ROOT, List.of(name), List.of(), Map.of(), ScriptRules.ExecuteBit.WITHOUT_INTERPRETER, false));
    }

    @Test
    void anEmptyExtensionIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScriptRules(
                        ROOT, List.of(), List.of(""), Map.of(), ScriptRules.ExecuteBit.WITHOUT_INTERPRETER, false));
    }

    @Test
    void anInterpreterNeedsAnExtensionAndACommand() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScriptRules(
                        ROOT,
                        List.of(),
                        List.of(),
                        Map.of("", List.of("/bin/sh")),
                        ScriptRules.ExecuteBit.WITHOUT_INTERPRETER,
                        false));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScriptRules(
                        ROOT,
                        List.of(),
                        List.of(),
                        Map.of(".sh", List.of()),
                        ScriptRules.ExecuteBit.WITHOUT_INTERPRETER,
                        false));
    }
}
