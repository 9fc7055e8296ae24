// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.util.ArrayList;
import java.util.List;

/** All scenarios, in the order of the table. */
public final class Scenarios {
    private Scenarios() {}

    public static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>(RuleScenarios.all());
        all.add(new OwnershipScenario());
        all.addAll(CopyScenarios.all());
        all.add(new RevocationScenario(1));
        all.add(new RevocationScenario(2));
        all.addAll(AdHocScenarios.all());
        all.add(new BridgeScenario(0));
        all.add(new BridgeScenario(1));
        all.addAll(MulticastScenarios.all());
        all.addAll(WayScenarios.all());
        all.add(new MoonScenario());
        return all;
    }
}
