package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecutableTest {

    private final Path directory;

    ExecutableTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private Executable of(String text) throws IOException {
        return Executable.of(Files.write(directory.resolve("file"), text.getBytes(ISO_8859_1)));
    }

    @Test
    void theLineNamesTheInterpreter() throws IOException {
        assertInterpreter("#!/bin/sh\n", "/bin/sh");
        assertInterpreter("#! /usr/bin/env  perl -w\n", "/usr/bin/env");
        assertInterpreter("#!\t/bin/sh -e", "/bin/sh");
    }

    private void assertInterpreter(String text, String interpreter) throws IOException {
        Executable script = of(text);
        assertThat(script.interpreter()).isEqualTo(interpreter);
        assertThat(script.isKnown()).isTrue();
        assertThat(script.fault()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "#", "echo hello\n", "# !/bin/sh\n", "#!\n", "#!   \n", "\u00ef\u00bb\u00bf#!/bin/sh\n"})
    void whatTheKernelDoesNotKnow(String text) throws IOException {
        assertThat(of(text).isKnown()).isFalse();
    }

    @Test
    void aProgramOfTheMachine() {
        assertThat(Executable.of(Path.of("/bin/sh")).isProgram()).isTrue();
    }

    @Test
    void aMissingInterpreterIsNamed() throws IOException {
        assertThat(of("#!/no/such/perl -w\n").fault()).isEqualTo("its #! line names /no/such/perl, which is not there");
    }

    @Test
    void theLineEndOfWindowsIsNamed() throws IOException {
        assertThat(of("#!/bin/sh\r\n").fault()).contains("carriage return", "dos2unix");
    }

    @Test
    void whatCannotBeReadIsTakenForAProgram() {
        assertThat(Executable.of(directory.resolve("none")).isKnown()).isTrue();
    }
}
