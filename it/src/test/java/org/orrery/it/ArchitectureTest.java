// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/** How modules and packages lie, and what the core never touches. */
@AnalyzeClasses(packages = "org.orrery", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String CORE = "org.orrery.core..";

    private static final Set<String> CLOCK_READINGS =
            Set.of("now", "system", "systemUTC", "systemDefaultZone", "nanoTime", "currentTimeMillis");

    private static final DescribedPredicate<JavaClass> FILE_ACCESS = describe(
            "in java.io and for files or streams",
            type -> type.getPackageName().equals("java.io")
                    && type.getSimpleName().matches("File.*|RandomAccessFile|Print.*|Console|.*Stream|.*Reader"));

    private static final DescribedPredicate<JavaCall<?>> READS_A_CLOCK = describe(
            "reads a clock",
            call -> CLOCK_READINGS.contains(call.getName())
                    && (call.getTargetOwner().getPackageName().equals("java.time")
                            || call.getTargetOwner().isEquivalentTo(System.class)));

    @ArchTest
    static final ArchRule coreKnowsNoNetworkAndNoFiles = noClasses()
            .that()
            .resideInAPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "java.nio.channels..", "java.nio.file..")
            .orShould()
            .dependOnClassesThat(FILE_ACCESS);

    @ArchTest
    static final ArchRule coreReadsNoClock =
            noClasses().that().resideInAPackage(CORE).should().callCodeUnitWhere(READS_A_CLOCK);

    /** The JDK makes a key of given bytes only through a source that answers them: that is no drawing. */
    @ArchTest
    static final ArchRule coreDrawsNoRandomNumbersOfItsOwn = noClasses()
            .that()
            .resideInAPackage(CORE)
            .and()
            .doNotHaveFullyQualifiedName("org.orrery.core.crypto.Curves$FixedRandom")
            .should()
            .callConstructorWhere(describe(
                    "makes a generator of the JDK",
                    call -> call.getTargetOwner().isAssignableTo(Random.class)
                            && call.getTargetOwner().getPackageName().startsWith("java.")))
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
            .orShould()
            .callMethod(Math.class, "random");

    /** The search for an identity is asked for explicitly, takes seconds, and uses the processors it is given. */
    @ArchTest
    static final ArchRule coreStartsNoThreads = noClasses()
            .that()
            .resideInAPackage(CORE)
            .and()
            .doNotHaveFullyQualifiedName("org.orrery.core.crypto.IdentitySearch")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Executor.class);

    @ArchTest
    static final ArchRule coreLocksNothing = classes()
            .that()
            .resideInAPackage(CORE)
            .should(new ArchCondition<>("hold no monitor") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    for (String method : locking(type)) {
                        events.add(SimpleConditionEvent.violated(type, type.getName() + "." + method + " locks"));
                    }
                }
            });

    /** By the class file itself: a synchronized block is in no signature. */
    private static Set<String> locking(JavaClass type) {
        try (InputStream file = type.getSource().orElseThrow().getUri().toURL().openStream()) {
            return ClassFile.of().parse(file.readAllBytes()).methods().stream()
                    .filter(ArchitectureTest::locks)
                    .map(method -> method.methodName().stringValue())
                    .collect(Collectors.toSet());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static boolean locks(MethodModel method) {
        return method.flags().has(AccessFlag.SYNCHRONIZED)
                || method.code()
                        .map(code -> code.elementStream().anyMatch(MonitorInstruction.class::isInstance))
                        .orElse(false);
    }

    @ArchTest
    static final ArchRule coreHasNoPackageCycles =
            slices().matching("org.orrery.core.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule modulesHaveNoCycles =
            slices().matching("org.orrery.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule coreKnowsNoOtherModule = noClasses()
            .that()
            .resideInAPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.orrery.sim..",
                    "org.orrery.net..",
                    "org.orrery.controller..",
                    "org.orrery.daemon..",
                    "org.orrery.rulelang..",
                    "org.orrery.cli..");

    @ArchTest
    static final ArchRule ruleLanguageKnowsOnlyTheJdk = noClasses()
            .that()
            .resideInAPackage("org.orrery.rulelang..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("org.orrery.rulelang..", "org.jspecify..", "java..");

    @ArchTest
    static final ArchRule controllerKnowsOnlyTheCore = noClasses()
            .that()
            .resideInAPackage("org.orrery.controller..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.orrery.net..", "org.orrery.daemon..", "org.orrery.cli..", "org.orrery.sim..");

    @ArchTest
    static final ArchRule netKnowsOnlyTheCore = noClasses()
            .that()
            .resideInAPackage("org.orrery.net..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.orrery.controller..", "org.orrery.daemon..", "org.orrery.cli..", "org.orrery.sim..");

    @ArchTest
    static final ArchRule whatANodeRunsKnowsNoSimulatorAndNoBenchmarks = noClasses()
            .that()
            .resideInAnyPackage(CORE, "org.orrery.net..", "org.orrery.daemon..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.orrery.sim..", "org.orrery.bench..");

    @ArchTest
    static final ArchRule onlyOnePackageCallsNativeCode = noClasses()
            .that()
            .resideOutsideOfPackage("org.orrery.net.linux")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.foreign.Linker");
}
