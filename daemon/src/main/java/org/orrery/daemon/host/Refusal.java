// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.host;

/** Why something that a controller wants is not on this host. */
public enum Refusal {
    MANAGED_OFF("allowManaged is off", "allowManaged"),
    NOT_LISTED("outside the networks that allowManaged names", "allowManaged"),
    DEFAULT_OFF("allowDefault is off", "allowDefault"),
    GLOBAL_OFF("allowGlobal is off, and this is not a private address", "allowGlobal"),
    DNS_OFF("allowDNS is off", "allowDNS"),
    KIND("addresses of this kind are never taken from a controller"),
    OWN_GATEWAY("this node is the gateway"),
    BAD_GATEWAY("the gateway is no address of the target's family"),
    SAME_TARGET("another route to this target comes first"),
    NO_ADDRESS("the interface has no address of this family"),
    OFFLINE("no root answers, so that this would only cut the host off"),
    EXPELLED("the controller refuses this node, so that this would only cut the host off"),
    OTHER_TUNNEL("another network carries everything already"),
    NO_RULES("this system has no rules for routing"),
    OWN_TRAFFIC("it would catch this node's own packets, because a socket is tied to no interface (settings.bind)"),
    IN_USE("another interface of this host has the address"),
    SYSTEM("the system refused it");

    private final String text;
    private final String setting;

    Refusal(String text) {
        this(text, "");
    }

    Refusal(String text, String setting) {
        this.text = text;
        this.setting = setting;
    }

    /** A part of a sentence for a person. */
    public String text() {
        return text;
    }

    /** The local setting that would let it in, as it is named in the API; empty if none would. */
    public String setting() {
        return setting;
    }
}
