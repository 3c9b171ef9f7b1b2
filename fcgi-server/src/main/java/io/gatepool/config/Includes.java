package io.gatepool.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.tomlj.TomlArray;

/** Finds the files that {@code include} names. */
final class Includes {
    private static final String WILDCARDS = "*?[{";

    private final Source source;

    private Includes(Source source) {
        this.source = source;
    }

    /**
     * The files, pattern by pattern and in order of name; never the including file, and none twice. They are named as
     * that file is: relative if it was.
     */
    static Set<Path> of(Setting include) {
        Includes includes = new Includes(include.source());
        Set<Path> files = new LinkedHashSet<>();
        if (!(include.value() instanceof TomlArray)) {
            Readers.wrongType(include, "a list is wanted", "write [\"conf.d/*.toml\"]");
        }
        for (Setting pattern : include.elements()) {
            includes.files(pattern).ifPresent(files::addAll);
        }
        files.remove(include.source().file());
        return files;
    }

    private Optional<List<Path>> files(Setting setting) {
        Optional<String> text = Readers.text().read(setting);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String pattern = text.get();
        int slash = pattern.lastIndexOf('/') + 1;
        String name = pattern.substring(slash);
        if (hasWildcard(pattern.substring(0, slash)) || name.isEmpty()) {
            return setting.refuse(
                    Shown.quoted(pattern) + " names no files",
                    "write a directory without wildcards and a name, such as \"conf.d/*.toml\"");
        }
        try {
            Path directory = source.file().resolveSibling(pattern.substring(0, slash));
            return Optional.of(hasWildcard(name) ? matches(directory, name) : List.of(directory.resolve(name)));
        } catch (IOException | DirectoryIteratorException e) {
            return setting.refuse(
                    Shown.quoted(pattern) + " cannot be listed: " + e.getMessage(), "mend its permissions");
        } catch (PatternSyntaxException e) {
            return setting.refuse(Shown.quoted(pattern) + " is not a pattern", "write one such as \"conf.d/*.toml\"");
        } catch (InvalidPathException e) {
            return setting.refuse("this locale has no such file names", "start gatepool with LC_ALL=C.UTF-8");
        }
    }

    private static boolean hasWildcard(String text) {
        return text.chars().anyMatch(c -> WILDCARDS.indexOf(c) >= 0);
    }

    /** As a shell would: hidden files, where editors keep their copies, only by a pattern that starts with a dot. */
    private static List<Path> matches(Path directory, String pattern) throws IOException {
        List<Path> files = new ArrayList<>();
        Path listed = directory.toString().isEmpty() ? Path.of(".") : directory;
        if (!Files.isDirectory(listed)) {
            return files;
        }
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(listed, pattern)) {
            for (Path file : stream) {
                Path name = file.getFileName();
                if (pattern.startsWith(".") || !name.toString().startsWith(".")) {
                    files.add(directory.resolve(name));
                }
            }
        }
        files.sort(null);
        return files;
    }
}
