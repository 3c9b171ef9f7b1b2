package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.config.AppSettings;
import io.gatepool.config.ConfigLoader;
import io.gatepool.config.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The settings of an app from the lines of its section. */
final class Settings {

    private Settings() {}

    static AppSettings of(Path directory, String lines) throws IOException {
        Path file = directory.resolve("gatepool.toml");
        Files.writeString(file, "[app.test]\nlisten = \"127.0.0.1:1\"\n" + lines);
        Loaded loaded = ConfigLoader.load(file);
        assertThat(loaded).isInstanceOf(Loaded.Ok.class);
        return ((Loaded.Ok) loaded).configuration().apps().get(0);
    }
}
