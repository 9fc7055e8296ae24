// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop.nat;

import org.orrery.cli.lab.Lab;

/** What a router does to UDP, in the words of RFC 4787 and RFC 3489; all are played by nftables. */
public enum Nat {
    /** Ports stay, and everybody outside reaches them. */
    FULL_CONE("full cone", "", "meta l4proto udp dnat to %s", ""),

    /** Ports stay, and every port of an address that was spoken to reaches them. */
    RESTRICTED(
            "restricted",
            "",
            "meta l4proto udp ip saddr @spoken dnat to %s",
            "oifname \"" + Lab.DEVICE + "\" meta l4proto udp update @spoken { ip daddr }"),

    /** Ports stay, and only who was spoken to reaches them: Linux's own way, and the most frequent one. */
    PORT_RESTRICTED("port restricted", "", "", ""),

    /** Another port, taken at random, for each that is spoken to. */
    SYMMETRIC("symmetric", " random,fully-random", "", ""),

    /** No UDP at all. */
    BLOCKED("UDP blocked", "", "", "meta l4proto udp drop");

    private final String words;
    private final String masquerade;
    private final String inwards;
    private final String forward;

    Nat(String words, String masquerade, String inwards, String forward) {
        this.words = words;
        this.masquerade = masquerade;
        this.inwards = inwards;
        this.forward = forward;
    }

    /** As people call it. */
    public String words() {
        return words;
    }

    /**
     * Whether introductions and pushed addresses are enough for a direct path. They are not where one end's port is known
     * only to whom it spoke to, and the other end answers nobody whose port it does not know.
     */
    public boolean meets(Nat other) {
        return !shuts(other) && !other.shuts(this);
    }

    /** Whether nodes of this build find a direct path by searching, which fails in 2 % of all tries. */
    boolean searches(Nat other) {
        return this == SYMMETRIC && other == PORT_RESTRICTED || this == PORT_RESTRICTED && other == SYMMETRIC;
    }

    private boolean shuts(Nat other) {
        return this == BLOCKED || this == SYMMETRIC && (other == SYMMETRIC || other == PORT_RESTRICTED);
    }

    /** The rules of a router, for a single host inside. What comes from outside unasked is dropped without an answer. */
    String table(String inside, String outside) {
        return """
                flush ruleset
                table ip router {
                  set spoken { type ipv4_addr; flags dynamic,timeout; size 1024; timeout 120s; }
                  chain inwards {
                    type nat hook prerouting priority -100;
                    iifname "%1$s" ip daddr %5$s jump redirected
                  }
                  chain redirected {
                    %2$s
                  }
                  chain outwards {
                    type nat hook postrouting priority 100;
                    oifname "%1$s" masquerade%3$s
                  }
                  chain through {
                    type filter hook forward priority 0;
                    %4$s
                    iifname "%1$s" ct state established,related accept
                    iifname "%1$s" ct status dnat accept
                    iifname "%1$s" drop
                  }
                  chain here {
                    type filter hook input priority 0;
                    iifname "%1$s" ct state established,related accept
                    iifname "%1$s" drop
                  }
                }
                """.formatted(Lab.DEVICE, inwards.formatted(inside), masquerade, forward, outside);
    }
}
