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
 * @param net of the hosts' IPv4 addresses: the first three numbers, with a dot behind each
 */
public record LabPlan(int hosts, List<NodeProgram> programs, boolean ip6, String net) {
    /** Addresses as in a site of one's own. */
    static final String PRIVATE_NET = "10.77.0.";

    /** Addresses that nodes take for the Internet's. */
    public static final String GLOBAL_NET = "5.77.0.";

    /** A bridge takes more; so many nodes are as much as one machine wants to run. */
    static final int HOSTS_MAX = 16;

    public LabPlan {
        programs = List.copyOf(programs);
        if (hosts < 1 || hosts > HOSTS_MAX || !programs.isEmpty() && programs.size() != hosts) {
            throw new IllegalArgumentException(hosts + " hosts, " + programs.size() + " programs");
        }
    }

    /** Hosts with private addresses. */
    public LabPlan(int hosts, List<NodeProgram> programs, boolean ip6) {
        this(hosts, programs, ip6, PRIVATE_NET);
    }

    /** A node of this build on each host. */
    static LabPlan ofNodes(int hosts) {
        return new LabPlan(hosts, Collections.nCopies(hosts, NodeProgram.orrery()), true);
    }
}
