package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages for those who come from somewhere else: what they show is accepted, and what they name is there. */
class MigrationDocTest {

    private static final Path DOCS = Path.of("../docs");
    private static final Pattern TOML = Pattern.compile("(?ms)^```toml\\n(.*?)^```");
    private static final Pattern NAME = Pattern.compile("`([A-Za-z0-9_.]+)");

    private static String text(Path page) throws IOException {
        return Files.readString(page);
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.list(DOCS)) {
            List<Path> found = new ArrayList<>(
                    pages.filter(page -> page.getFileName().toString().startsWith("from-"))
                            .sorted()
                            .toList());
            found.add(DOCS.resolve("installation.md"));
            found.add(DOCS.resolveSibling("README.md"));
            return found;
        }
    }

    static Stream<Arguments> configurations() throws IOException {
        Stream.Builder<Arguments> all = Stream.builder();
        for (Path page : pages()) {
            Matcher toml = TOML.matcher(text(page));
            for (int number = 1; toml.find(); number++) {
                all.add(Arguments.of(page.getFileName() + " " + number, toml.group(1)));
            }
        }
        return all.build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configurations")
    void aConfigurationThatIsShownIsAccepted(String where, String toml, @TempDir Path directory) {
        assertThat(Fixtures.check(Fixtures.write(directory, "gatepool.toml", toml)))
                .as(where)
                .isEmpty();
    }

    /** The first column of a page's tables: names in backquotes. */
    private static Set<String> theirs(String page) throws IOException {
        Set<String> names = new TreeSet<>();
        for (String line : text(DOCS.resolve(page)).lines().toList()) {
            if (line.startsWith("| `")) {
                Matcher name = NAME.matcher(line.split("(?<!\\\\)\\|")[1]);
                while (name.find()) {
                    names.add(name.group(1));
                }
            }
        }
        return names;
    }

    /** Every directive that php-fpm 8.4 reads in its configuration (sapi/fpm/fpm/fpm_conf.c). */
    private static final String FPM = """
            pid error_log syslog.ident syslog.facility log_level log_limit log_buffering
            emergency_restart_threshold emergency_restart_interval process_control_timeout process.max
            process.priority daemonize rlimit_files rlimit_core events.mechanism systemd_interval include
            prefix user group listen listen.backlog listen.acl_users listen.acl_groups listen.owner
            listen.group listen.mode listen.allowed_clients listen.setfib process.dumpable pm pm.max_children
            pm.start_servers pm.min_spare_servers pm.max_spare_servers pm.max_spawn_rate
            pm.process_idle_timeout pm.max_requests pm.status_path pm.status_listen ping.path ping.response
            access.log access.format access.suppress_path slowlog request_slowlog_timeout
            request_slowlog_trace_depth request_terminate_timeout request_terminate_timeout_track_finished
            chroot chdir catch_workers_output decorate_workers_output clear_env security.limit_extensions
            apparmor_hat env php_value php_admin_value php_flag php_admin_flag
            """;

    /** Every directive of mod_fcgid 2.3.9 (its manual, and the module's own list). */
    private static final String FCGID = """
            FcgidAccessChecker FcgidAccessCheckerAuthoritative FcgidAuthenticator FcgidAuthenticatorAuthoritative
            FcgidAuthorizer FcgidAuthorizerAuthoritative FcgidBusyScanInterval FcgidBusyTimeout FcgidCmdOptions
            FcgidConnectTimeout FcgidErrorScanInterval FcgidFixPathinfo FcgidIdleScanInterval FcgidIdleTimeout
            FcgidInitialEnv FcgidIOTimeout FcgidIPCDir FcgidMaxProcesses FcgidMaxProcessesPerClass
            FcgidMaxRequestInMem FcgidMaxRequestLen FcgidMaxRequestsPerProcess FcgidMinProcessesPerClass
            FcgidOutputBufferSize FcgidPassHeader FcgidProcessLifeTime FcgidProcessTableFile FcgidSpawnScore
            FcgidSpawnScoreUpLimit FcgidTerminationScore FcgidTimeScore FcgidWin32PreventOrphans FcgidWrapper
            FcgidZombieScanInterval
            """;

    static Stream<Arguments> everything() {
        return Stream.of(Arguments.of("from-php-fpm.md", FPM), Arguments.of("from-mod_fcgid.md", FCGID));
    }

    @ParameterizedTest
    @MethodSource("everything")
    void everyDirectiveHasItsRow(String page, String names) throws IOException {
        assertThat(theirs(page)).contains(names.trim().split("\\s+"));
    }

    /** Options stand in a row as -c and not as names. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "fcgiwrap:-c -f -s -p -h",
                "spawn-fcgi:-f -d -a -p -s -M -C -F -b -P -n -v -c -S -u -g -U -G",
                "multiwatch:-f -r -t -s -v"
            })
    void everyOptionHasItsRow(String program) throws IOException {
        String page = text(DOCS.resolve("from-fcgiwrap.md"));
        String[] parts = program.split(":", 2);
        Set<String> rows = new HashSet<>();
        Matcher option = Pattern.compile("`(-\\w)").matcher(section(page, parts[0]));
        while (option.find()) {
            rows.add(option.group(1));
        }
        assertThat(rows).contains(parts[1].split(" "));
    }

    private static String section(String page, String title) {
        Matcher section = Pattern.compile("(?ms)^## " + Pattern.quote(title) + "$(.*?)(?=^## |\\z)")
                .matcher(page);
        assertThat(section.find()).as("## " + title).isTrue();
        return section.group(1);
    }

    /** Our keys, in the second column; those of sections and tables too. */
    @ParameterizedTest
    @ValueSource(strings = {"from-php-fpm.md", "from-fcgiwrap.md", "from-mod_fcgid.md"})
    void everyKeyThatIsNamedIsThere(String page) throws IOException {
        Set<String> keys = new HashSet<>(ServerKeys.SCHEMA.names());
        keys.addAll(HttpKeys.SCHEMA.names());
        keys.addAll(AppKeys.SCHEMA.names());
        keys.addAll(List.of("include", "limits", "queue", "workers"));
        for (String line : text(DOCS.resolve(page)).lines().toList()) {
            String[] cells = line.split("(?<!\\\\)\\|");
            if (line.startsWith("| `") && cells.length > 2) {
                Matcher name = Pattern.compile("`([a-z_]+(?:\\.[a-z_]+)*)(?: = [^`]*)?`")
                        .matcher(cells[2]);
                while (name.find()) {
                    assertThat(keys).as(page + ": " + line).contains(name.group(1));
                }
            }
        }
    }

    /** Whoever writes one of their names into our file is told ours: the page must say the same. */
    @ParameterizedTest
    @ValueSource(strings = {"from-php-fpm.md", "from-mod_fcgid.md"})
    void thePageSaysWhatTheRemedySays(String page) throws IOException {
        for (String line : text(DOCS.resolve(page)).lines().toList()) {
            String[] cells = line.split("(?<!\\\\)\\|");
            if (line.startsWith("| `") && cells.length > 2) {
                Matcher name = NAME.matcher(cells[1]);
                while (name.find()) {
                    Map.Entry<String, String> row = Map.entry(name.group(1), cells[2]);
                    ForeignNames.find(row.getKey())
                            .ifPresent(
                                    ours -> assertThat(row.getValue()).as(line).contains(ours));
                }
            }
        }
    }
}
