// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import java.io.IOException;
import java.util.List;

/** The host's rules for choosing a routing table. Any thread. */
public interface RoutingRuleTable {
    /** The rules in the order in which they are asked, as far as {@link RoutingRule} can express them; empty where there are none. */
    List<RoutingRule> routingRules() throws IOException;

    /** Adds a rule; one that is there already is fine. */
    void addRoutingRule(RoutingRule rule) throws IOException;

    /** Removes a rule; one that is not there is fine. */
    void removeRoutingRule(RoutingRule rule) throws IOException;
}
