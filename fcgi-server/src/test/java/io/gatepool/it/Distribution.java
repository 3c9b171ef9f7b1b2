package io.gatepool.it;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The built distribution (target/gatepool), with its archive of loaded classes: hundreds of gatepools that the tests
 * start take half the time by it.
 */
final class Distribution {

    /** The repository's root. */
    static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    static final Path HOME = REPOSITORY.resolve("target/gatepool");

    /** bin/gatepool; its archive is there when this class is. */
    static final Path LAUNCHER = HOME.resolve("bin/gatepool");

    static {
        try {
            makeArchive();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Distribution() {}

    /** Unless one is there that fits; tests of another JVM wait for it. */
    private static void makeArchive() throws IOException {
        Path lock = REPOSITORY.resolve("target/archive.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            if (held.isValid() && !hasFittingArchive()) {
                run(Map.of(), HOME.resolve("libexec/make-archive"));
            }
        }
    }

    private static boolean hasFittingArchive() throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve("lib"))) {
            return files.anyMatch(file -> file.toString().endsWith(".jsa"))
                    && run(Map.of("GATEPOOL_JAVA_OPTS", "-Xshare:on"), LAUNCHER, "--version");
        }
    }

    /** Returns whether it ended with exit code 0. */
    private static boolean run(Map<String, String> variables, Path program, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(program.toString()), Stream.of(arguments))
                .toList());
        builder.environment().putAll(variables);
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        Process process = builder.start();
        try {
            return process.waitFor(60, SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.destroy();
        }
    }
}
