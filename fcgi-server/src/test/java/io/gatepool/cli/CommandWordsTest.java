package io.gatepool.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandWordsTest {

    @Test
    void spacesPartWordsAndQuotesKeepThemTogether() {
        assertThat(CommandWords.split("  php-cgi -d 'a b' --x=\"it's\" '' "))
                .containsExactly("php-cgi", "-d", "a b", "--x=it's", "");
    }

    @Test
    void anOpenQuoteAndNothingAtAllAreRefused() {
        assertThatThrownBy(() -> CommandWords.split("perl 'x")).hasMessage("a quote (') is not closed");
        assertThatThrownBy(() -> CommandWords.split(" ")).hasMessageContaining("it is empty");
    }

    @Test
    void aProgramIsAFileHereOrFoundInPath(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("x.fcgi"), "#!/bin/sh\n");
        assertThatThrownBy(() -> CommandWords.found("x.fcgi", directory))
                .hasMessageContaining("is not executable; chmod +x x.fcgi, or write its interpreter");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        assertThat(CommandWords.found("x.fcgi -v", directory)).containsExactly(file.toString(), "-v");
        assertThat(CommandWords.found("sh x.fcgi", directory).get(0))
                .startsWith("/")
                .endsWith("/sh");
        assertThatThrownBy(() -> CommandWords.found("./y", directory)).hasMessage("there is no file ./y");
        assertThatThrownBy(() -> CommandWords.found("no-such-program", directory))
                .hasMessage("no-such-program is neither a file here nor a program in PATH");
    }
}
