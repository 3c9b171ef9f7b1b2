package io.gatepool.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {

    private final Path directory;

    LogFileTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private static void write(LogFile log, String lines) throws IOException {
        log.write(ByteBuffer.wrap(lines.getBytes(UTF_8)));
    }

    @Test
    void itIsWrittenOnWithItsDirectoriesMade() throws IOException {
        Path file = directory.resolve("a/b/log");
        write(LogFile.open(file.toString()), "one\n");
        write(LogFile.open(file.toString()), "two\n");
        assertThat(file).hasContent("one\ntwo\n");
    }

    @Test
    void aRenamedFileIsWrittenOnUntilItIsReopened() throws IOException {
        Path file = directory.resolve("log");
        LogFile log = LogFile.open(file.toString());
        write(log, "one\n");
        Files.move(file, directory.resolve("log.1"));
        write(log, "two\n");
        log.reopen();
        write(log, "three\n");
        assertThat(directory.resolve("log.1")).hasContent("one\ntwo\n");
        assertThat(file).hasContent("three\n");
    }

    @Test
    void whatCannotBeReopenedIsWrittenOn() throws IOException {
        Path file = directory.resolve("log");
        LogFile log = LogFile.open(file.toString());
        Files.move(file, directory.resolve("log.1"));
        Files.createDirectory(file);
        assertThatThrownBy(log::reopen).isInstanceOf(IOException.class);
        write(log, "one\n");
        assertThat(directory.resolve("log.1")).hasContent("one\n");
    }

    @Test
    void aFullDiskIsAnError() throws IOException {
        LogFile log = LogFile.open("/dev/full");
        assertThatThrownBy(() -> write(log, "one\n")).hasMessageContaining("No space left on device");
    }
}
