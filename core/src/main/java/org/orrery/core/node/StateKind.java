// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

/** What a node asks to have kept. The keeper replaces each object atomically. */
public enum StateKind {
    /** The planet definition; the id is 0. */
    PLANET,
    /** A moon's definition; the id is the moon's. */
    MOON,
    /** A network's configuration dictionary, or a single line feed while there is none; the id is the network's. */
    NETWORK_CONFIG,
    /** A peer's identity and last endpoints; the id is the peer's address. */
    PEER
}
