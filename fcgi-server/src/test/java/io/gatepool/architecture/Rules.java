package io.gatepool.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of docs/architecture.md, for the packages below {@code base}: which package may know which, and what nobody
 * may use.
 */
record Rules(String base) {

    private static final String[] EVERYTHING_BELOW_EXCHANGE = {"fastcgi", "cgi", "process"};

    /** What each package may know besides itself. */
    private static final Map<String, List<String>> MAY_KNOW = mayKnow();

    private static Map<String, List<String>> mayKnow() {
        Map<String, List<String>> known = new LinkedHashMap<>();
        List<String> below = new ArrayList<>();
        known.put("process", List.of());
        known.put("cgi", List.of("process"));
        known.put("fastcgi", List.of());
        below.addAll(List.of(EVERYTHING_BELOW_EXCHANGE));
        known.put("exchange", List.copyOf(below));
        known.put("config", List.of("cgi", "process"));
        below.addAll(List.of("exchange", "config"));
        for (String apart : List.of("front", "pool", "control")) {
            known.put(apart, List.copyOf(below));
        }
        // A client of ours, which knows the server by its answers only.
        known.put("compare", List.of("process"));
        below.addAll(List.of("front", "pool", "control"));
        known.put("server", List.copyOf(below));
        below.addAll(List.of("server", "compare"));
        known.put("cli", List.copyOf(below));
        return known;
    }

    Set<String> packages() {
        return MAY_KNOW.keySet();
    }

    /** By name: that of the package whose knowledge is limited, or of what is forbidden. */
    Map<String, ArchRule> all() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        MAY_KNOW.forEach((who, whom) -> rules.put(who, mayOnlyKnow(who, whom)));
        rules.put("place", everyPackageHasItsPlace());
        rules.put(
                "cycles",
                slices().matching(base + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true));
        rules.put("processes", nobodyUsesTheProcessesOfTheJdk());
        rules.put("disguise", onlyOneLooksLikeAProcess());
        rules.put("commons-exec", commandsAreListsOfWords());
        rules.put("signals", onlyOneHandlesSignals());
        rules.put("clock", nobodyReadsTheClockOnTheWall());
        return rules;
    }

    private ArchRule mayOnlyKnow(String who, List<String> whom) {
        List<String> allowed = new ArrayList<>(List.of(base + "." + who + ".."));
        whom.forEach(other -> allowed.add(base + "." + other + ".."));
        return classes()
                .that()
                .resideInAPackage(base + "." + who + "..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(allowed.toArray(String[]::new)).or(resideOutsideOfPackage(base + "..")))
                .allowEmptyShould(true);
    }

    private ArchRule everyPackageHasItsPlace() {
        String[] known =
                MAY_KNOW.keySet().stream().map(name -> base + "." + name + "..").toArray(String[]::new);
        return classes().should().resideInAnyPackage(known).because("Rules says what each package may know");
    }

    /** {@link Process} waits for its child, and steals the statuses that the Reaper waits for. */
    private ArchRule nobodyUsesTheProcessesOfTheJdk() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.ProcessBuilder")
                .orShould()
                .callMethodWhere(target(owner(name("java.lang.Runtime"))).and(target(name("exec"))))
                .orShould()
                .callMethodWhere(target(owner(name("java.lang.ProcessHandle"))).and(target(name("onExit"))))
                .because("one place waits for child processes: io.gatepool.process.Reaper");
    }

    /** One that nobody but the Reaper waits for, and who hands it to commons-exec. */
    private ArchRule onlyOneLooksLikeAProcess() {
        return noClasses()
                .that()
                .doNotHaveFullyQualifiedName(base + ".process.SpawnedProcess")
                .and()
                .doNotHaveFullyQualifiedName(base + ".process.SpawnerExecutor")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Process")
                .because("io.gatepool.process.Child is what a process is here");
    }

    /** The launchers start a {@link Process} of the JDK's; the parser keeps quotes that a shell would take away. */
    private ArchRule commandsAreListsOfWords() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.commons.exec.launcher..")
                .orShould()
                .callMethodWhere(target(owner(name("org.apache.commons.exec.DefaultExecutor")))
                        .and(target(name("builder"))))
                .orShould()
                .callMethodWhere(target(owner(name("org.apache.commons.exec.CommandLine")))
                        .and(target(name("parse"))))
                .because("io.gatepool.process.OneShot is the way to run a command");
    }

    /** By name or by reflection, for which Signals has its reason. */
    private ArchRule onlyOneHandlesSignals() {
        return noClasses()
                .that()
                .doNotHaveFullyQualifiedName(base + ".process.Signals")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("(sun|jdk\\.internal)\\.misc\\.Signal(Handler)?(\\$.*)?")
                .orShould()
                .callMethodWhere(target(owner(name("java.lang.Class"))).and(target(name("forName"))))
                .because("io.gatepool.process.Signals is the only door to signals, and to classes by their names");
    }

    private ArchRule nobodyReadsTheClockOnTheWall() {
        return noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .because("it jumps when the clock is set; System.nanoTime does not");
    }
}
