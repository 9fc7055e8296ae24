// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

/**
 * Which kinds of segmentation offload are wanted, by which one system call carries up to 64 kB. A port probes what is
 * wanted when it is opened, does without what the system refuses, and tells what is in force. Packets look the same to
 * the port's user either way.
 *
 * @param tapSegmentation virtual devices exchange super-frames of many TCP segments or UDP datagrams with the host
 * @param udpSegmentation runs of datagrams of one size to one endpoint leave as one message
 * @param udpJoining datagrams of one sender arrive as one message
 */
public record Offloads(boolean tapSegmentation, boolean udpSegmentation, boolean udpJoining) {
    public static final Offloads ALL = new Offloads(true, true, true);
    public static final Offloads NONE = new Offloads(false, false, false);

    /**
     * What became of one offload of one port.
     *
     * @param reason why it is not in force, in words for a person; empty if it is
     */
    public record State(boolean inForce, String reason) {
        public static final State IN_FORCE = new State(true, "");
        public static final State SWITCHED_OFF = new State(false, "switched off");

        public static State unavailable(String reason) {
            return new State(false, reason);
        }
    }
}
