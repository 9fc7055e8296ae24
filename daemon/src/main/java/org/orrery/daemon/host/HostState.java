// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.host;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;

/** What became of a network's configuration on this host. */
public record HostState(List<Address> addresses, List<Route> routes, Dns dns) {
    /** Of a network without an interface. */
    public static final HostState NOTHING = new HostState(List.of(), List.of(), Dns.off("there is no interface", ""));

    public HostState {
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
    }

    /**
     * @param refusal null if it is on the interface
     * @param detail the system's words if it was the system that refused, else empty
     */
    public record Address(Prefix address, @Nullable Refusal refusal, String detail) {}

    /**
     * @param via null for a target on the link
     * @param refusal null if it is in force
     * @param detail the system's words if it was the system that refused, else empty
     */
    public record Route(
            Prefix target, @Nullable Ip via, @Nullable Refusal refusal, String detail) {}

    /**
     * @param state what holds now
     * @param by who keeps the name servers: {@code systemd-resolved} or a file; empty if nobody
     * @param reason why they are not applied, or what is special; may be empty
     * @param setting the local setting that would let them in; empty if none would
     */
    public record Dns(State state, String by, String reason, String setting) {
        /** Whether a network's name servers are used. The name in lower case is the API's word. */
        public enum State {
            APPLIED,
            PENDING,
            OFF,
            REFUSED
        }

        public static Dns applied(String by, String special) {
            return new Dns(State.APPLIED, by, special, "");
        }

        public static Dns off(String reason, String setting) {
            return new Dns(State.OFF, "", reason, setting);
        }

        public static Dns refused(String by, String reason) {
            return new Dns(State.REFUSED, by, reason, "");
        }

        public static Dns pending() {
            return new Dns(State.PENDING, "", "being applied", "");
        }
    }
}
