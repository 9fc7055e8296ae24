// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.lab;

import java.util.Collections;
import java.util.List;

/**
 * What a laboratory is made of.
 *
 * @param hosts how many
 * @param programs of the node on each host; none for hosts without nodes
 * @param ip6 whether hosts have IPv6 addresses, and may reach each other in two ways
 */
public record LabPlan(int hosts, List<NodeProgram> programs, boolean ip6) {
    /** A bridge takes more; so many nodes are as much as one machine wants to run. */
    static final int HOSTS_MAX = 16;

    public LabPlan {
        programs = List.copyOf(programs);
        if (hosts < 1 || hosts > HOSTS_MAX || !programs.isEmpty() && programs.size() != hosts) {
            throw new IllegalArgumentException(hosts + " hosts, " + programs.size() + " programs");
        }
    }

    /** A node of this build on each host. */
    static LabPlan ofNodes(int hosts) {
        return new LabPlan(hosts, Collections.nCopies(hosts, NodeProgram.orrery()), true);
    }
}
