package io.gatepool.server;

import io.gatepool.config.AppSettings;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for changed files of applications that are being developed ({@code watch}), twice a second, on a thread of its
 * own. It looks at names, sizes and times, as every tool for that does that has to work on all file systems.
 */
final class FileWatch {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");
    private static final long PERIOD_MILLIS = 500;
    private static final int MOST_FILES = 50_000;

    private final Supplier<List<AppSettings>> apps;
    private final Path baseDir;
    private final BiConsumer<String, Path> changed;
    private final Map<String, Map<Path, String>> seen = new HashMap<>();

    private FileWatch(Supplier<List<AppSettings>> apps, Path baseDir, BiConsumer<String, Path> changed) {
        this.apps = apps;
        this.baseDir = baseDir;
        this.changed = changed;
    }

    /**
     * Starts looking.
     *
     * @param apps the applications of the moment
     * @param baseDir where those without a chdir and a root have their files
     * @param changed is told the name of an application and one of its files that is new, gone or different
     */
    static void start(Supplier<List<AppSettings>> apps, Path baseDir, BiConsumer<String, Path> changed) {
        FileWatch watch = new FileWatch(apps, baseDir, changed);
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "file-watch");
            made.setDaemon(true);
            return made;
        });
        thread.scheduleWithFixedDelay(watch::look, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        for (AppSettings app : apps.get()) {
            if (!app.workers().watch().isEmpty()) {
                look(app);
            }
        }
    }

    private void look(AppSettings app) {
        Path directory = app.process().chdir().or(app::root).orElse(baseDir);
        Map<Path, String> now = new HashMap<>();
        try {
            Files.walkFileTree(directory, new Look(directory, app.workers().watch(), now));
        } catch (IOException e) {
            // It may be in the middle of being replaced; the next look is half a second away.
            return;
        }
        Map<Path, String> before = seen.put(app.name(), now);
        if (before != null && !before.equals(now)) {
            changed.accept(app.name(), difference(before, now));
        }
        if (before == null) {
            LOG.info(
                    "{}: {} below {} watched",
                    app.name(),
                    now.size() == 1 ? "1 file" : now.size() + " files",
                    directory);
        }
    }

    private static Path difference(Map<Path, String> before, Map<Path, String> now) {
        for (Map.Entry<Path, String> file : now.entrySet()) {
            if (!file.getValue().equals(before.get(file.getKey()))) {
                return file.getKey();
            }
        }
        return before.keySet().stream()
                .filter(file -> !now.containsKey(file))
                .findAny()
                .orElseThrow();
    }

    /** Gathers the files whose names match; hidden directories are left out. */
    private static final class Look extends SimpleFileVisitor<Path> {
        private final Path directory;
        private final List<PathMatcher> matchers;
        private final Map<Path, String> files;

        Look(Path directory, List<String> globs, Map<Path, String> files) {
            this.directory = directory;
            this.files = files;
            this.matchers = globs.stream()
                    .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
                    .toList();
        }

        @Override
        public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
            boolean hidden = !visited.equals(directory)
                    && visited.getFileName().toString().startsWith(".");
            return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            Path relative = directory.relativize(file);
            if (matchers.stream().anyMatch(glob -> glob.matches(relative) || glob.matches(file.getFileName()))) {
                files.put(relative, attributes.lastModifiedTime() + " " + attributes.size());
            }
            return files.size() < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }
}
