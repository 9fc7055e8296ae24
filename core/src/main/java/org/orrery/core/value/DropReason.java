// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

/**
 * Why a packet or frame went no further. Every path that ends one names its reason; each lane counts them. The ids are
 * stable: they appear in metrics and in the API. {@link #NONE} means it was accepted, so that all counts together equal
 * what was received.
 */
public enum DropReason {
    NONE(0, "accepted"),
    TOO_SHORT(1, "datagram shorter than any packet"),
    TOO_LONG(2, "datagram or packet longer than the maximum"),
    TRUNCATED(3, "a field runs past the end"),
    TRAILING_BYTES(4, "bytes left over after the last field"),
    BAD_FIELD(5, "a field holds a value that the format forbids"),
    OWN_SOURCE(6, "source is this node's own address"),
    BAD_FRAGMENT(7, "fragment with an impossible number or total"),
    FRAGMENT_HELD(8, "fragment kept until the packet is complete"),
    FRAGMENT_DUPLICATE(9, "fragment already held"),
    BAD_CIPHER(10, "unknown cipher suite"),
    BAD_MAC(11, "authentication failed"),
    BAD_COMPRESSION(12, "payload does not decompress"),
    UNKNOWN_VERB(13, "verb without a handler"),
    UNTRUSTED_PATH(14, "unprotected packet from a path that is not trusted"),
    BLACKLISTED(15, "a question from an address that local.conf excludes"),
    REPLAYED(16, "came before, or cannot be told from what did"),

    // Peers and paths.
    HANDED_OVER(40, "left to the control lane, which counts it again"),
    CONTROL_BUSY(41, "no room in the control lane's queue"),
    RELAYED(42, "passed on to another node"),
    TOO_MANY_HOPS(43, "relayed too often already"),
    NO_WAY_TO_RELAY(44, "for another node that cannot be reached from here"),
    NOT_A_RELAY(45, "for another node, from somebody this node does not relay for"),
    PROTOCOL_TOO_OLD(46, "sender speaks a protocol that is too old"),
    HELLO_ADDRESS_MISMATCH(47, "HELLO from another address than its identity's"),
    IDENTITY_CHECK_BUSY(48, "too many strangers' identities under check"),
    IDENTITY_CHECK_LIMIT(49, "too many strangers from one address range"),
    IDENTITY_COLLISION(50, "another identity claims a known address"),
    WHOIS_LIMIT(51, "too many packets from unknown sources"),
    WAITING_ROOM_FULL(52, "no room for packets from unknown sources"),
    UNEXPECTED_OK(53, "answer to something that was not asked"),
    NOT_FROM_ROOT(54, "only roots may say this"),
    RATE_LIMITED(55, "too many of this kind from one peer"),
    PEERS_FULL(56, "no room for another peer"),
    WAITING_FOR_SENDER(57, "kept until its sender's identity is known, when it is counted again"),
    NO_DIRECT_PATH(58, "to a peer without direct path, and local.conf forbids to relay"),
    COPY(59, "came before over another path of the bond"),
    SOURCE_LIMIT(60, "too many packets of strangers from one address"),
    STRANGERS_LIMIT(61, "too many packets of strangers"),

    // Networks and frames.
    NOT_JOINED(70, "for a network that is not joined or not configured yet"),
    NOT_A_MEMBER(71, "sender has shown no membership that holds"),
    RULES_INBOUND(72, "dropped by the network's rules on arrival"),
    RULES_OUTBOUND(73, "dropped by the network's rules before sending"),
    FRAME_TOO_SHORT(74, "frame without payload"),
    FRAME_TOO_LONG(75, "frame longer than the network's MTU"),
    NO_CONFIGURATION(76, "no configuration received yet"),
    TOO_MANY_PIECES(77, "frame too long for the peer to put together"),
    BAD_SOURCE_MAC(78, "frame with a source MAC that cannot be"),
    NOT_A_BRIDGE(79, "frame of a foreign device, but no bridge is allowed here"),
    NO_BRIDGE(80, "frame to a foreign device, but the network has no bridge"),
    MULTICAST_DISABLED(81, "the network carries no multicast"),
    BROADCAST_DISABLED(82, "the network carries no broadcast"),
    SIGNER_UNKNOWN(83, "signer's identity not known yet"),
    CREDENTIAL_INVALID(84, "credential that is not genuine"),
    CONFIG_CHUNK_BAD(100, "configuration chunk that fits no configuration"),
    CONFIG_CHUNK_UNSIGNED(101, "unsigned configuration that is not from the controller"),
    CONFIG_CHUNK_SIGNATURE(102, "configuration chunk not signed by the controller"),
    CONFIG_CHUNK_DUPLICATE(103, "configuration chunk already held"),
    CONFIG_BAD(104, "configuration that does not parse"),
    CONFIG_NOT_OURS(105, "configuration of another network or member");

    /** All ids are below this. */
    public static final int IDS_MAX = 128;

    private final int id;
    private final String text;

    DropReason(int id, String text) {
        this.id = id;
        this.text = text;
    }

    /** Stable number below {@link #IDS_MAX}. */
    public int id() {
        return id;
    }

    /** Whether it is really the end: else the packet was accepted, passed on, kept, or is counted again elsewhere. */
    public boolean lost() {
        return switch (this) {
            case NONE, FRAGMENT_HELD, FRAGMENT_DUPLICATE, HANDED_OVER, RELAYED, WAITING_FOR_SENDER, COPY -> false;
            default -> true;
        };
    }

    /** A few words for a person. */
    public String text() {
        return text;
    }
}
