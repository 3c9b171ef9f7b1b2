package io.gatepool.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects what is wrong while the files are read. */
final class Problems {
    /** More than anybody reads; a file that is no configuration at all has a hundred thousand. */
    private static final int MOST_IN_A_FILE = 200;

    private final Map<Path, List<Problem>> byFile = new LinkedHashMap<>();
    private final Map<Path, Integer> dropped = new LinkedHashMap<>();

    /** A file that is being read; its problems come behind those of the files before it. */
    void file(Path file) {
        byFile.computeIfAbsent(file, f -> new ArrayList<>());
    }

    void add(Problem problem) {
        List<Problem> problems = byFile.computeIfAbsent(problem.file(), f -> new ArrayList<>());
        if (problems.size() < MOST_IN_A_FILE) {
            problems.add(problem);
        } else {
            dropped.merge(problem.file(), 1, Integer::sum);
        }
    }

    boolean isEmpty() {
        return byFile.values().stream().allMatch(List::isEmpty);
    }

    /** How many files were read. */
    int files() {
        return byFile.size();
    }

    /** All of them, in order of the files and of the places in them. */
    List<Problem> inOrder() {
        Comparator<Problem> byPlace = Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);
        List<Problem> all = new ArrayList<>();
        byFile.forEach((file, problems) -> {
            problems.stream().sorted(byPlace).forEach(all::add);
            int more = dropped.getOrDefault(file, 0);
            if (more > 0) {
                all.add(Problem.ofFile(file, "has " + more + " more problems", Optional.empty()));
            }
        });
        return all;
    }
}
