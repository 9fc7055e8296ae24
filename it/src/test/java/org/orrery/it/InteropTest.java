// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.cli.interop.Cast;
import org.orrery.cli.interop.Player;
import org.orrery.cli.interop.Scenario;
import org.orrery.cli.interop.Scenarios;
import org.orrery.cli.interop.Stage;

/**
 * Whole networks of this build and other implementations in all roles. The environment variable {@code
 * ORRERY_REFERENCE}, or the property {@code orrery.reference}, names folders that hold a {@code zerotier-one}, with colons
 * between them; without it these tests are not part of the run.
 */
@Tag("root")
@Tag("reference")
@ExtendWith(RootOnly.class)
final class InteropTest {
    private static final String WITHOUT =
            "InteropTest is left out: set ORRERY_REFERENCE to the folders of zerotier-one programs to play it";

    private final List<Stage> stages = new ArrayList<>();

    @AfterEach
    void takeAway() throws Exception {
        for (Stage stage : stages) {
            stage.close();
        }
    }

    @TestFactory
    Stream<DynamicContainer> everyScenarioInEveryCast() throws Exception {
        String named = System.getProperty("orrery.reference", System.getenv().getOrDefault("ORRERY_REFERENCE", ""));
        if (named.isBlank()) {
            System.out.println(WITHOUT);
        }
        Assumptions.assumeFalse(named.isBlank(), WITHOUT);
        List<Player> references = new ArrayList<>();
        for (String folder : named.split(":")) {
            references.add(Player.in(Path.of(folder)));
        }
        return Cast.with(references).stream().map(this::scenarios);
    }

    /** The stage is set with the first scenario of a cast, and taken away before the next cast's. */
    private DynamicContainer scenarios(Cast cast) {
        return DynamicContainer.dynamicContainer(
                cast.name(),
                Scenarios.all().stream()
                        .map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> play(cast, scenario))));
    }

    private void play(Cast cast, Scenario scenario) throws Exception {
        scenario.beyond(cast).ifPresent(why -> Assumptions.abort(why));
        if (stages.isEmpty() || !stages.getLast().plays(cast)) {
            takeAway();
            stages.clear();
            stages.add(Stage.open(cast));
        }
        System.out.println(cast.name() + ": " + scenario.name() + ": " + scenario.play(stages.getLast()));
    }
}
