package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Configuration files for tests. */
final class Fixtures {
    /** The least that an app is. */
    static final String APP = "[app.a]\nkind = \"fastcgi\"\ncommand = [\"x\"]\nlisten = \"unix:/run/a.sock\"\n";

    private Fixtures() {}

    static Path write(Path directory, String name, String text) {
        try {
            Path file = directory.resolve(name);
            Files.createDirectories(directory.resolve(name).resolveSibling("."));
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The configuration, which must have no problem. */
    static Configuration load(Path file) {
        Loaded loaded = ConfigLoader.load(file);
        assertThat(print(loaded)).isEmpty();
        return ((Loaded.Ok) loaded).configuration();
    }

    static Configuration load(Path directory, String text) {
        return load(write(directory, "gatepool.toml", text));
    }

    /** What gatepool check prints, nothing if there is no problem. */
    static String check(Path file) {
        return print(ConfigLoader.load(file)).replace(file.getParent() + "/", "");
    }

    private static String print(Loaded loaded) {
        return loaded instanceof Loaded.Broken broken ? ProblemPrinter.print(broken) : "";
    }
}
