package io.gatepool.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the {@code [app.NAME]} tables of all files. */
final class AppLoader {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");

    private final Map<String, Setting> seen = new LinkedHashMap<>();
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<AppSettings> settings = new ArrayList<>();
    private final Addresses addresses = new Addresses();
    private final List<Setting> https = new ArrayList<>();

    /**
     * An app as it was read.
     *
     * @param own what is written in its section
     * @param values that, with the defaults under it
     */
    private record Candidate(Setting section, Values own, Values values) {}

    /** Where addresses with {@code https:} are written. */
    List<Setting> https() {
        return https;
    }

    /**
     * The apps without a problem, in order; once all files are read.
     *
     * @param input what the only app listens on if it does not say
     */
    List<AppSettings> build(Optional<StandardInput> input) {
        for (Candidate candidate : candidates) {
            if (seen.size() == 1 && !candidate.values().has(AppKeys.LISTEN)) {
                input.ifPresent(standard -> standard.into(candidate.values()));
            }
            build(candidate.section(), candidate.own(), candidate.values());
        }
        return settings;
    }

    /**
     * Reads the apps of one file, to be built later: alone, an app may do without what it must have beside others.
     *
     * @param apps the table of them
     * @param whole whether the file was all TOML; else what seems to be missing may have been lost
     */
    void read(Setting apps, Values defaults, boolean whole) {
        for (Setting app : apps.members()) {
            Setting section = app.asSection(Sections.app(app.key()));
            if (isApp(section, app) && isFirst(section)) {
                Values own = AppKeys.SCHEMA.read(section);
                if (whole) {
                    candidates.add(new Candidate(section, own, own.over(defaults)));
                }
            }
        }
    }

    private void build(Setting app, Values own, Values values) {
        boolean readable = own.places().keySet().stream().noneMatch(own::isBroken);
        if (AppRules.check(app, values) && readable) {
            AppSettings built = new AppBuilder(app.key(), values).build();
            addresses.claim(built, app, values);
            if (built.listens().stream().anyMatch(listen -> listen.address().protocol() == Protocol.HTTPS)) {
                values.place(AppKeys.LISTEN).ifPresent(https::add);
            }
            settings.add(built);
        }
    }

    private static boolean isApp(Setting section, Setting app) {
        if (!app.isTable()) {
            Readers.wrongType(app, "an app is a table", "write [app." + nameFor(app) + "] on a line of its own");
            return false;
        }
        if (!NAME.matcher(app.key()).matches()) {
            section.refuseKey(
                    "'" + Shown.shortened(app.key()) + "' is no name for an app",
                    Optional.of("a name has 1 to 32 of a-z, 0-9, _ and -, and starts with none of the last two"));
            return false;
        }
        return true;
    }

    /** A scalar below [app] is a key of an app that nobody named. */
    private static String nameFor(Setting app) {
        return AppKeys.SCHEMA.names().contains(app.key()) ? "NAME" : Shown.shortened(app.key());
    }

    private boolean isFirst(Setting app) {
        Setting first = seen.putIfAbsent(app.key(), app);
        if (first != null) {
            app.refuseKey(
                    app.section() + " is already defined at " + first.place(),
                    Optional.of("give one of the two another name"));
        }
        return first == null;
    }
}
