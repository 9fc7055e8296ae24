// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import java.util.List;
import java.util.Optional;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl2.MulticastCut;

/**
 * A joined network at one moment: what its interface should look like and what the API tells. Addresses and routes are
 * what the controller gave, whether or not local settings let them be applied.
 *
 * @param name from the controller, empty if unknown
 * @param mtu of the virtual interface, bytes of Ethernet payload
 * @param bridge whether this node may bridge
 * @param revision the controller's revision of the network, 0 if unknown
 * @param subscriptions multicast groups of the local interface
 * @param dnsDomain empty if none
 * @param waiting why there is no configuration yet; absent once there is one and nothing was refused since
 * @param multicastCut multicasts that the network's limit kept from some of their recipients
 */
public record NetworkStatus(
        NetworkId id,
        Mac mac,
        String name,
        State state,
        boolean isPrivate,
        int mtu,
        boolean bridge,
        boolean broadcast,
        long revision,
        List<Prefix> addresses,
        List<Route> routes,
        List<MulticastGroup> subscriptions,
        String dnsDomain,
        List<Ip> dnsServers,
        Optional<Wait> waiting,
        MulticastCut multicastCut) {
    public NetworkStatus {
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
        subscriptions = List.copyOf(subscriptions);
        dnsServers = List.copyOf(dnsServers);
    }

    /** The same with another state: what a node cannot know, such as that its interface failed. */
    public NetworkStatus inState(State other) {
        return new NetworkStatus(
                id,
                mac,
                name,
                other,
                isPrivate,
                mtu,
                bridge,
                broadcast,
                revision,
                addresses,
                routes,
                subscriptions,
                dnsDomain,
                dnsServers,
                waiting,
                multicastCut);
    }

    /** The states that the API has words for. The name of the constant is the word. */
    public enum State {
        REQUESTING_CONFIGURATION,
        OK,
        ACCESS_DENIED,
        NOT_FOUND,
        PORT_ERROR,
        AUTHENTICATION_REQUIRED
    }

    /** A managed route: to {@code target}, through {@code via} or directly on the interface. */
    public record Route(Prefix target, Optional<Ip> via) {}

    /**
     * Why a join waits.
     *
     * @param reason which step it waits for
     * @param lastEvent the last thing that happened on the way, a sentence for a person
     * @param lastEventMillis when, wall clock
     * @param lastRequestMillis when the configuration was last asked for, 0 for never
     */
    public record Wait(WaitReason reason, String lastEvent, long lastEventMillis, long lastRequestMillis) {}

    /** The steps of a join, in order; each one is what is missing. */
    public enum WaitReason {
        NO_SOCKET("no usable local address to send from"),
        NO_ROOT("no root has answered yet"),
        CONTROLLER_UNKNOWN("the controller has not been found: no root knows its address"),
        CONTROLLER_SILENT("the controller was found but has not answered"),
        NOT_AUTHORIZED("the controller answered: this node is not authorized on the network yet"),
        NOT_FOUND("the controller answered: it has no such network"),
        AUTHENTICATION_REQUIRED("the controller asks for sign-on"),
        BAD_CONFIGURATION("the controller's configuration could not be read"),
        BAD_SIGNATURE("the controller's configuration is not signed with its key"),
        BAD_ID("not a valid network ID: no node can have the controller's address in it"),
        AD_HOC_ID("not a valid ad-hoc network ID");

        private final String text;

        WaitReason(String text) {
            this.text = text;
        }

        /** A sentence for a person. */
        public String text() {
            return text;
        }
    }
}
