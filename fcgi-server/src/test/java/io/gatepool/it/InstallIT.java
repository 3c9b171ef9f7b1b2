package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code make install} as a packager calls it, into a directory that stands for the root of a machine. */
class InstallIT {

    private static final Pattern PATH = Pattern.compile("(?:^[A-Z]\\w+=|file://)(/usr/\\S+)", Pattern.MULTILINE);

    private final Path directory;
    private final Path root;

    InstallIT(@TempDir Path directory) throws Exception {
        this.directory = directory.toRealPath();
        root = this.directory.resolve("root");
    }

    @BeforeEach
    void install() throws Exception {
        Needs.program("make", "make");
        make("install");
    }

    /** The distribution is there, and as old as it may be: a build here would take it from under the other tests. */
    private String make(String target) throws Exception {
        return run("umask 077; make -s -o target/built " + target + " prefix=/usr DESTDIR='" + root + "'");
    }

    private static String run(String command) throws Exception {
        return Programs.run(Daemon.REPOSITORY, "/bin/sh", "-c", command);
    }

    private List<Path> installed() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .map(root::relativize)
                    .sorted()
                    .toList();
        }
    }

    private Path etc(String name) {
        return root.resolve("etc/gatepool").resolve(name);
    }

    private List<Path> units() throws IOException {
        try (Stream<Path> units = Files.list(root.resolve("usr/lib/systemd/system"))) {
            return units.sorted().toList();
        }
    }

    private String service() throws IOException {
        return Files.readString(root.resolve("usr/lib/systemd/system/gatepool.service"));
    }

    @Test
    void nothingIsWrittenOutsideOfTheDirectory() throws Exception {
        Needs.root();
        String make = "make -s -o target/built prefix=/usr DESTDIR=" + root;
        run("unshare --mount sh -ec 'mount --bind " + root + " " + root + "; mount -o remount,bind,ro /; " + make
                + " install; " + make + " uninstall; " + make + " install'");
        assertThat(installed()).isNotEmpty();
    }

    @Test
    void whatItInstallsIsForEveryoneToReadAndForNobodyElseToWrite() throws Exception {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(file -> !Files.isSymbolicLink(file)).toList()) {
                Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
                boolean program = Files.isDirectory(file) || rights.contains(PosixFilePermission.OWNER_EXECUTE);
                assertThat(PosixFilePermissions.toString(rights))
                        .as(file.toString())
                        .isEqualTo(program ? "rwxr-xr-x" : "rw-r--r--");
            }
        }
        assertThat(root.resolve("usr/bin/gatepool")).isExecutable();
        assertThat(root.resolve("usr/lib/gatepool/libexec/gatepool_wsgi.py")).isExecutable();
    }

    @Test
    void symbolicLinksStayInside() throws Exception {
        for (Path link : installed()) {
            if (Files.isSymbolicLink(root.resolve(link))) {
                assertThat(Files.readSymbolicLink(root.resolve(link)).isAbsolute())
                        .as(link.toString())
                        .isFalse();
                assertThat(root.resolve(link).toRealPath()).startsWith(root);
            }
        }
    }

    @Test
    void everyProgramOfTheDistributionIsInThePath() throws Exception {
        try (Stream<Path> programs = Files.list(Daemon.LAUNCHER.getParent())) {
            assertThat(programs.map(file -> root.resolve("usr/bin").resolve(file.getFileName())))
                    .allMatch(Files::isExecutable);
        }
    }

    @Test
    void everyPathThatTheUnitsNameIsThere() throws Exception {
        List<String> paths = new ArrayList<>();
        for (Path unit : units()) {
            Matcher path = PATH.matcher(Files.readString(unit));
            while (path.find()) {
                paths.add(path.group(1));
            }
            assertThat(Files.readString(unit).replaceAll("(?m)^#.*", "")).doesNotContain("/opt");
        }
        assertThat(paths).contains("/usr/bin/gatepool", "/usr/share/doc/gatepool/README.md");
        assertThat(paths).allMatch(path -> Files.exists(root.resolve(path.substring(1))));
    }

    @Test
    void systemdUnderstandsTheUnits() throws Exception {
        Needs.program("systemd-analyze", "systemd");
        Path copies = Files.createDirectory(directory.resolve("units"));
        List<String> command = new ArrayList<>(List.of("/usr/bin/systemd-analyze", "verify", "--man=no"));
        for (Path unit : units()) {
            String text = Files.readString(unit).replaceAll("(?m)^(Exec\\w+=)/usr", "$1" + root + "/usr");
            command.add(
                    Files.writeString(copies.resolve(unit.getFileName()), text).toString());
        }
        assertThat(Programs.run(copies, command.toArray(String[]::new)))
                .as("it says what it does not know, and exits with 0 all the same")
                .isBlank();
    }

    @Test
    void logrotateUnderstandsItsFile() throws Exception {
        Needs.program("logrotate", "logrotate");
        String said = run("PATH=$PATH:/usr/sbin:/sbin; logrotate -d -s " + directory.resolve("state") + " "
                + root.resolve("etc/logrotate.d/gatepool"));
        assertThat(said).contains("rotating pattern: /var/log/gatepool/*.log").doesNotContain("error:");
    }

    @Test
    void tmpfilesMakesTheDirectories() throws Exception {
        Needs.program("systemd-tmpfiles", "systemd");
        Needs.root();
        run("systemd-tmpfiles --create --root=" + root + " gatepool.conf");
        assertThat(root.resolve("run/gatepool")).isDirectory();
        assertThat(root.resolve("var/log/gatepool")).isDirectory();
    }

    @Test
    void itStartsFromThereAndReloadsAsTheUnitSays() throws Exception {
        Needs.program("python3", "python3");
        configure("");
        String launcher = root.resolve("usr/bin/gatepool").toString();
        String configuration = etc("gatepool.toml").toString();
        try (Running daemon = Running.start(directory, Map.of(), launcher, "serve", "-R", "-c", configuration)) {
            daemon.await("ready in ");
            assertThat(Call.get(port(daemon), "/").status()).isEqualTo(200);
            Matcher reload = Pattern.compile("(?m)^ExecReload=(.*)").matcher(service());
            assertThat(reload.find()).isTrue();
            assertThat(run(root + reload.group(1) + " -c " + configuration)).contains("reloaded, generation 2");
            Daemon.signal(
                    Integer.parseInt(daemon.await("gatepool \\S+, pid (\\d+)").group(1)), "TERM");
            assertThat(daemon.awaitExit()).as(daemon.output()).isZero();
        }
    }

    /** An app of the installed samples, as an administrator adds one. */
    private void configure(String more) throws Exception {
        String reference = Files.readString(etc("gatepool.toml"));
        Files.writeString(
                etc("gatepool.toml"),
                Examples.replace(
                        reference, "#runtime_dir = \"/run/gatepool\" ", "runtime_dir = \"" + directory + "/run\" "));
        Files.writeString(etc("conf.d/clock.toml"), """
                [app.clock]
                kind = "wsgi"
                module = "clock_raw:app"
                chdir = "%s"
                listen = ["http:127.0.0.1:0", "unix:%s/clock.sock"]
                workers.max = 1
                %s
                """.formatted(
                        root.resolve("usr/share/gatepool/examples/apps/wsgi"), directory, more));
    }

    private static int port(Running daemon) throws InterruptedException {
        return Integer.parseInt(daemon.await("clock: http on \\S+:(\\d+)").group(1));
    }

    /** Of systemd's sandbox, what can be had without systemd. */
    @Test
    void theCapabilitiesOfTheUnitAreEnoughForAppsOfOtherUsers() throws Exception {
        Needs.root();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        configure("user = \"www-data\"");
        Matcher set = Pattern.compile("(?m)^CapabilityBoundingSet=(.*)").matcher(service());
        assertThat(set.find()).isTrue();
        String bounding = "-all,+"
                + set.group(1).toLowerCase(Locale.ROOT).replace("cap_", "").replace(" ", ",+");
        List<String> command = new ArrayList<>(List.of("/usr/bin/setpriv", "--bounding-set", bounding));
        if (service().contains("\nNoNewPrivileges=yes")) {
            command.add("--no-new-privs");
        }
        command.addAll(List.of(
                root.resolve("usr/bin/gatepool").toString(),
                "serve",
                "-c",
                etc("gatepool.toml").toString()));
        try (Running daemon = Running.start(directory, Map.of(), command.toArray(String[]::new))) {
            daemon.await("ready in ");
            assertThat(Call.get(port(daemon), "/").status()).isEqualTo(200);
            assertThat(Files.getAttribute(directory.resolve("clock.sock"), "unix:uid"))
                    .isEqualTo(33);
            String worker = daemon.await("clock: workers (\\d+)").group(1);
            assertThat(Files.readString(Path.of("/proc", worker, "status"))).containsPattern("Uid:\\s+33\\s");
            Daemon.signal(
                    Integer.parseInt(daemon.await("gatepool \\S+, pid (\\d+)").group(1)), "TERM");
            assertThat(daemon.awaitExit()).as(daemon.output()).isZero();
            assertThat(daemon.output()).doesNotContain("EPERM", "EACCES");
        }
    }

    @Test
    void aSecondInstallKeepsTheConfigurationAndLaysTheNewOneBeside() throws Exception {
        Files.writeString(etc("gatepool.toml"), "# mine\n");
        Path logrotate = Files.writeString(root.resolve("etc/logrotate.d/gatepool"), "# mine, too\n");
        assertThat(make("install")).contains("/etc/gatepool/gatepool.toml was kept; the new one is ");
        assertThat(etc("gatepool.toml")).hasContent("# mine\n");
        assertThat(logrotate).hasContent("# mine, too\n");
        assertThat(etc("gatepool.toml.new")).hasSameTextualContentAs(Daemon.REPOSITORY.resolve("conf/gatepool.toml"));
        assertThat(logrotate.getParent())
                .as("logrotate would read a second one, too")
                .isDirectoryNotContaining(file -> !file.equals(logrotate));
    }

    @Test
    void aSecondInstallOfTheSameSaysNothingAndChangesNothing() throws Exception {
        List<Path> before = installed();
        assertThat(make("install")).isBlank();
        assertThat(installed()).isEqualTo(before);
    }

    @Test
    void anUpgradeLeavesNoOldLibraryAndWritesToNoFileThatIsInUse() throws Exception {
        Path jar = root.resolve("usr/lib/gatepool/lib/gatepool.jar");
        Path old = Files.writeString(jar.resolveSibling("netty-0.9.jar"), "");
        Object before = Files.readAttributes(jar, BasicFileAttributes.class).fileKey();
        try (InputStream running = Files.newInputStream(jar)) {
            make("install");
            assertThat(Files.readAttributes(jar, BasicFileAttributes.class).fileKey())
                    .isNotEqualTo(before);
            assertThat(running.read()).isEqualTo('P');
        }
        assertThat(old).doesNotExist();
    }

    @Test
    void uninstallLeavesWhatIsTheAdministrators() throws Exception {
        Files.writeString(etc("gatepool.toml"), "# mine\n");
        Files.writeString(etc("conf.d/shop.toml"), "# mine\n");
        Path other = Files.writeString(root.resolve("usr/bin/other"), "");
        make("install");
        make("uninstall");
        assertThat(installed())
                .containsExactly(
                        Path.of("etc/gatepool/conf.d/shop.toml"),
                        Path.of("etc/gatepool/gatepool.toml"),
                        root.relativize(other));
    }

    @Test
    void uninstallLeavesNothingIfNothingWasChanged() throws Exception {
        make("uninstall");
        assertThat(installed()).isEmpty();
        assertThat(root.resolve("etc/gatepool")).doesNotExist();
        assertThat(root.resolve("usr/lib/gatepool")).doesNotExist();
        assertThat(root.resolve("usr/share/gatepool")).doesNotExist();
    }

    @Test
    void anotherDirectoryOfConfigurationIsWhatItReads() throws Exception {
        Path prefix = directory.resolve("home");
        run("make -s -o target/built install ARCHIVE=no prefix=" + prefix + " sysconfdir=" + prefix + "/etc");
        assertThat(Programs.run(directory, prefix.resolve("bin/gatepool").toString(), "check"))
                .contains(prefix + "/etc/gatepool/gatepool.toml: 0 apps, no problems");
        assertThat(prefix.resolve("etc/systemd/system/gatepool.service"))
                .as("systemd does not look below this prefix")
                .exists();
    }
}
