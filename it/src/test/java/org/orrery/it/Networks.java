// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import java.util.Map;
import org.orrery.cli.api.Json;

/** Settings of networks that tests make. */
final class Networks {
    private Networks() {}

    /** A network with addresses 10.SECOND.0.0/24 and both kinds of IPv6 address made from the node's own. */
    static Json settings(String name, boolean isPrivate, int second) {
        String prefix = "10." + second + ".0.";
        return Json.object(Map.of(
                "name", Json.of(name),
                "private", Json.of(isPrivate),
                "ipAssignmentPools",
                        Json.array(Json.object(
                                Map.of("ipRangeStart", Json.of(prefix + "1"), "ipRangeEnd", Json.of(prefix + "254")))),
                "routes", Json.array(Json.object(Map.of("target", Json.of(prefix + "0/24")))),
                "v4AssignMode", Json.object(Map.of("zt", Json.of(true))),
                "v6AssignMode", Json.object(Map.of("6plane", Json.of(true), "rfc4193", Json.of(true)))));
    }
}
