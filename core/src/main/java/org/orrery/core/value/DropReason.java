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
    CONFIG_CHUNK_BAD(100, "configuration chunk that fits no configuration"),
    CONFIG_CHUNK_UNSIGNED(101, "unsigned configuration that is not from the controller"),
    CONFIG_CHUNK_SIGNATURE(102, "configuration chunk not signed by the controller"),
    CONFIG_CHUNK_DUPLICATE(103, "configuration chunk already held"),
    CONFIG_BAD(104, "configuration that does not parse"),
    CONFIG_NOT_OURS(105, "configuration of another network or member");

    private final int id;
    private final String text;

    DropReason(int id, String text) {
        this.id = id;
        this.text = text;
    }

    /** Stable number, dense from zero. */
    public int id() {
        return id;
    }

    /** A few words for a person. */
    public String text() {
        return text;
    }
}
