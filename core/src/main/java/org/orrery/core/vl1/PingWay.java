// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.Optional;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;

/** Which way a ping is to take. */
public sealed interface PingWay {
    /** The way that traffic takes now. */
    record AsTraffic() implements PingWay {}

    /** Over a root even if there is a direct path; {@code root} empty for the one in use. */
    record OverRoot(Optional<Address> root) implements PingWay {}

    /** Over the confirmed direct path to {@code at}. */
    record Directly(Endpoint at) implements PingWay {}
}
