package io.gatepool.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.gatepool.architecture.wrong.exchange.Shared;
import io.gatepool.architecture.wrong.fastcgi.LooksUp;
import io.gatepool.architecture.wrong.front.EndsProcess;
import io.gatepool.architecture.wrong.front.HandlesSignalsByName;
import io.gatepool.architecture.wrong.front.KnowsPool;
import io.gatepool.architecture.wrong.front.ParsesCommand;
import io.gatepool.architecture.wrong.front.ReadsTheClock;
import io.gatepool.architecture.wrong.front.RunsCommand;
import io.gatepool.architecture.wrong.front.StartsProcess;
import io.gatepool.architecture.wrong.front.WaitsForProcess;
import io.gatepool.architecture.wrong.pool.KnowsFront;
import io.gatepool.architecture.wrong.strange.Newcomer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Holds the program to its {@link Rules}, and shows for each of them a class in {@code wrong} that it would catch. */
class ArchitectureTest {

    private static final String WRONG = "io.gatepool.architecture.wrong";

    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.gatepool");

    static Stream<Arguments> rules() {
        return new Rules("io.gatepool")
                .all().entrySet().stream().map(rule -> Arguments.of(rule.getKey(), rule.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void theProgramKeepsTheRule(String name, ArchRule rule) {
        rule.check(PROGRAM);
    }

    @Test
    void bothModulesAreLookedAt() {
        assertThat(PROGRAM)
                .extracting("fullName")
                .contains("io.gatepool.process.Spawner", "io.gatepool.cgi.Environ", "io.gatepool.cli.Main")
                .doesNotContain(ArchitectureTest.class.getName());
    }

    static Stream<Arguments> offences() {
        return Stream.of(
                Arguments.of("front", new Class<?>[] {KnowsPool.class, KnowsFront.class}),
                Arguments.of("pool", new Class<?>[] {KnowsPool.class, KnowsFront.class}),
                Arguments.of("fastcgi", new Class<?>[] {LooksUp.class, Shared.class}),
                Arguments.of("place", new Class<?>[] {Newcomer.class}),
                Arguments.of("cycles", new Class<?>[] {KnowsPool.class, KnowsFront.class}),
                Arguments.of("processes", new Class<?>[] {StartsProcess.class}),
                Arguments.of("processes", new Class<?>[] {RunsCommand.class}),
                Arguments.of("processes", new Class<?>[] {WaitsForProcess.class}),
                Arguments.of("disguise", new Class<?>[] {EndsProcess.class}),
                Arguments.of("commons-exec", new Class<?>[] {ParsesCommand.class}),
                Arguments.of("signals", new Class<?>[] {HandlesSignalsByName.class}),
                Arguments.of("clock", new Class<?>[] {ReadsTheClock.class}));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("offences")
    void whoBreaksARuleIsCaught(String name, Class<?>[] offenders) {
        assertCaught(name, new ClassFileImporter().importClasses(offenders));
    }

    /** Made of bytes: javac itself refuses to compile it without a warning. */
    @Test
    void whoNamesTheSignalClassIsCaught(@TempDir Path directory) throws Exception {
        ClassWriter offender = new ClassWriter(0);
        String name = WRONG.replace('.', '/') + "/front/HandlesSignals";
        offender.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name, null, "java/lang/Object", null);
        MethodVisitor method = offender.visitMethod(Opcodes.ACC_STATIC, "raise", "(Lsun/misc/Signal;)V", null, null);
        method.visitCode();
        method.visitVarInsn(Opcodes.ALOAD, 0);
        method.visitMethodInsn(Opcodes.INVOKESTATIC, "sun/misc/Signal", "raise", "(Lsun/misc/Signal;)V", false);
        method.visitInsn(Opcodes.RETURN);
        method.visitMaxs(1, 1);
        method.visitEnd();
        offender.visitEnd();
        Files.write(directory.resolve("HandlesSignals.class"), offender.toByteArray());
        assertCaught("signals", new ClassFileImporter().importPath(directory));
    }

    @Test
    void everyPackageOfTheDesignIsUnderARule() {
        Set<String> packages = new Rules("io.gatepool").packages();
        assertThat(packages)
                .containsExactlyInAnyOrder(
                        "cli",
                        "server",
                        "compare",
                        "front",
                        "pool",
                        "control",
                        "config",
                        "exchange",
                        "fastcgi",
                        "cgi",
                        "process");
    }

    private static void assertCaught(String name, JavaClasses offenders) {
        Map<String, ArchRule> rules = new Rules(WRONG).all();
        ArchRule rule = rules.get(name);
        assertThat(rule).as("the rule '" + name + "'").isNotNull();
        if (rule != null) {
            assertThatThrownBy(() -> rule.check(offenders))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("was violated");
        }
    }
}
