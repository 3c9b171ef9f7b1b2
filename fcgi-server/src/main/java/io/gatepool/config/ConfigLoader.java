package io.gatepool.config;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads a configuration file and those it includes. It looks at everything before it gives up, so that one run shows
 * every problem. Whether users, directories and programs exist is not its business: the configuration of one machine
 * can be checked on another.
 */
public final class ConfigLoader {
    private static final Set<String> ONLY_AT_THE_TOP = Set.of("include", "server", "http", "defaults");

    private final Path file;
    private final Problems problems = new Problems();
    private final Map<String, Setting> top = new LinkedHashMap<>();
    private final AppLoader apps = new AppLoader();
    private Values server = new Values();
    private Values http = new Values();
    private Values defaults = new Values();

    private final Function<TlsFiles, Optional<TlsFiles.Fault>> certificates;
    private final Optional<StandardInput> input;

    private ConfigLoader(
            Path file, Function<TlsFiles, Optional<TlsFiles.Fault>> certificates, Optional<StandardInput> input) {
        this.file = file;
        this.certificates = certificates;
        this.input = input;
    }

    /**
     * Reads the file.
     *
     * @param file messages name it, and the files it includes, as it is named here
     */
    public static Loaded load(Path file) {
        return load(file, files -> Optional.empty());
    }

    /**
     * The same, and has the certificate looked at.
     *
     * @param certificates finds fault with it
     */
    public static Loaded load(Path file, Function<TlsFiles, Optional<TlsFiles.Fault>> certificates) {
        return load(file, certificates, Optional.empty());
    }

    /**
     * The same, for a daemon that may have been started with a socket.
     *
     * @param input what an app without {@code listen} listens on, if it is the only one
     */
    public static Loaded load(
            Path file, Function<TlsFiles, Optional<TlsFiles.Fault>> certificates, Optional<StandardInput> input) {
        return new ConfigLoader(file, certificates, input).load();
    }

    private Loaded load() {
        Optional<TomlFile> first = parse(file);
        first.ifPresent(this::readTop);
        Collection<Path> included =
                Optional.ofNullable(top.get("include")).map(Includes::of).orElse(Set.of());
        included.forEach(path -> parse(path).ifPresent(this::readIncluded));
        List<AppSettings> settings = apps.build(input);
        HttpKeys.check(http, certificates, apps.https());
        server.place(ServerKeys.ADMIN).ifPresent(admin -> refuseTaken(admin, settings));
        if (!problems.isEmpty()) {
            return new Loaded.Broken(problems.inOrder(), problems.files());
        }
        return new Loaded.Ok(new Configuration(file, ServerKeys.settings(server), HttpKeys.settings(http), settings));
    }

    private void refuseTaken(Setting admin, List<AppSettings> settings) {
        for (AppSettings app : settings) {
            boolean taken = server.get(ServerKeys.ADMIN).stream().anyMatch(address -> app.listens().stream()
                    .anyMatch(listen -> listen.address().samePlaceAs(address)));
            if (taken) {
                admin.refuse("app '" + app.name() + "' listens there", "give one of the two another address");
            }
        }
    }

    private Optional<TomlFile> parse(Path path) {
        return SourceReader.read(path, problems).flatMap(source -> TomlFile.parse(source, problems));
    }

    private void readTop(TomlFile toml) {
        sort(toml.root().members()).forEach(setting -> top.put(setting.name(), setting));
        server = section("server", Sections.SERVER, ServerKeys.SCHEMA);
        http = section("http", Sections.HTTP, HttpKeys.SCHEMA);
        defaults = section("defaults", Sections.DEFAULTS, AppKeys.DEFAULTS);
        readApps(Optional.ofNullable(top.get("app")), toml.whole());
    }

    private void readIncluded(TomlFile toml) {
        List<Setting> known = sort(toml.root().members());
        for (Setting setting : known) {
            if (ONLY_AT_THE_TOP.contains(setting.name())) {
                setting.refuseKey(
                        "'" + setting.name() + "' belongs in " + file, Optional.of("an included file holds apps only"));
            }
        }
        readApps(known.stream().filter(setting -> setting.name().equals("app")).findFirst(), toml.whole());
    }

    /** Sorts out what no file may have. */
    private static List<Setting> sort(List<Setting> settings) {
        settings.stream()
                .filter(setting -> !Sections.TOP.contains(setting.name()))
                .forEach(setting -> Suggestions.refuseUnknown(setting, Sections.TOP));
        return settings.stream()
                .filter(setting -> Sections.TOP.contains(setting.name()))
                .toList();
    }

    private Values section(String name, String title, Schema schema) {
        Setting setting = top.get(name);
        return setting == null || !isTable(setting) ? new Values() : schema.read(setting.asSection(title));
    }

    private void readApps(Optional<Setting> table, boolean whole) {
        table.filter(ConfigLoader::isTable).ifPresent(app -> apps.read(app, defaults, whole));
    }

    private static boolean isTable(Setting setting) {
        if (!setting.isTable()) {
            String header = "[" + setting.name() + (setting.name().equals("app") ? ".NAME]" : "]");
            Readers.wrongType(setting, "a table is wanted", "write " + header + " on a line of its own");
        }
        return setting.isTable();
    }
}
