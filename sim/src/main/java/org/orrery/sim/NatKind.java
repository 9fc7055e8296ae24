// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

/**
 * How a NAT behaves towards UDP, in the terms of RFC 4787.
 *
 * @param mapping when an inside endpoint gets another external port
 * @param filtering who may send to an external port
 * @param ports how external ports are chosen
 * @param hairpinning whether inside hosts reach each other at their external endpoints
 * @param lifetimeMillis how long a mapping lives after the last datagram from inside
 */
public record NatKind(
        Dependence mapping, Dependence filtering, PortChoice ports, boolean hairpinning, long lifetimeMillis) {
    /** What a mapping, or the leave to send, depends on. */
    public enum Dependence {
        /** The inside endpoint alone. */
        ENDPOINT_INDEPENDENT,
        /** The other side's address as well. */
        ADDRESS,
        /** The other side's address and port as well. */
        ADDRESS_AND_PORT
    }

    public enum PortChoice {
        /** The inside port if it is free, else the next free one. */
        PRESERVING,
        /** One after the other. */
        SEQUENTIAL,
        RANDOM
    }

    private static final long LIFETIME = 120_000;

    /** Anybody may send to a port once it is mapped. */
    public static final NatKind FULL_CONE = new NatKind(
            Dependence.ENDPOINT_INDEPENDENT, Dependence.ENDPOINT_INDEPENDENT, PortChoice.PRESERVING, true, LIFETIME);

    /** Only addresses that were sent to may send. */
    public static final NatKind ADDRESS_RESTRICTED =
            new NatKind(Dependence.ENDPOINT_INDEPENDENT, Dependence.ADDRESS, PortChoice.PRESERVING, false, LIFETIME);

    /** Only endpoints that were sent to may send: most home routers. */
    public static final NatKind PORT_RESTRICTED = new NatKind(
            Dependence.ENDPOINT_INDEPENDENT, Dependence.ADDRESS_AND_PORT, PortChoice.PRESERVING, false, LIFETIME);

    /** Another port for each destination, one after the other. */
    public static final NatKind SYMMETRIC_SEQUENTIAL = new NatKind(
            Dependence.ADDRESS_AND_PORT, Dependence.ADDRESS_AND_PORT, PortChoice.SEQUENTIAL, false, LIFETIME);

    /** Another port for each destination, at random: mobile networks and large firewalls. */
    public static final NatKind SYMMETRIC =
            new NatKind(Dependence.ADDRESS_AND_PORT, Dependence.ADDRESS_AND_PORT, PortChoice.RANDOM, false, LIFETIME);

    /** The same with another lifetime of mappings. */
    public NatKind lifetime(long millis) {
        return new NatKind(mapping, filtering, ports, hairpinning, millis);
    }
}
