// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Hex;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * A node's public identity: its address and the key the address is derived from. Reading one proves nothing; {@link
 * #valid} does the costly check that address and key belong together. Immutable; any thread.
 */
public final class Identity implements Comparable<Identity> {
    /** On the wire: address, type 0, public key, private length 0. */
    public static final int BYTES = 71;

    /** The only kind of identity in protocols 9 to 12: Curve25519 and Ed25519. */
    static final int TYPE = 0;

    private static final int ADDRESS_DIGITS = 2 * Address.BYTES;
    static final int PUBLIC_TEXT_LENGTH = ADDRESS_DIGITS + 3 + 2 * CombinedPublicKey.BYTES;
    static final int SECRET_TEXT_LENGTH = PUBLIC_TEXT_LENGTH + 1 + 2 * SignatureKeyPair.PRIVATE_BYTES;

    private final Address address;
    private final CombinedPublicKey key;

    public Identity(Address address, CombinedPublicKey key) {
        this.address = address;
        this.key = key;
    }

    /**
     * Reads {@code address:0:public} or {@code address:0:public:private} with exactly 10, 1, 128 and 128 hex digits,
     * upper or lower case; of the second form the private half must be well formed and is not kept. Reserved addresses
     * are refused. Stricter than the reference, which also takes longer, shorter and padded fields.
     */
    public static Optional<Identity> parse(String text) {
        boolean secret = text.length() == SECRET_TEXT_LENGTH;
        if (!secret && text.length() != PUBLIC_TEXT_LENGTH) {
            return Optional.empty();
        }
        if (secret
                && (text.charAt(PUBLIC_TEXT_LENGTH) != ':'
                        || !Hex.matches(text.substring(PUBLIC_TEXT_LENGTH + 1), 2 * SignatureKeyPair.PRIVATE_BYTES))) {
            return Optional.empty();
        }
        if (!text.startsWith(":0:", ADDRESS_DIGITS)) {
            return Optional.empty();
        }
        Optional<Address> address = Address.parse(text.substring(0, ADDRESS_DIGITS));
        Optional<CombinedPublicKey> key =
                CombinedPublicKey.parse(text.substring(ADDRESS_DIGITS + 3, PUBLIC_TEXT_LENGTH));
        if (address.isEmpty() || address.get().reserved() || key.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Identity(address.get(), key.get()));
    }

    /**
     * Reads the binary form. Another type than 0 is malformed, and so is one that carries a private key: nobody may send
     * that. A reserved address is read (it is not {@link #valid}), as the reference does.
     */
    public static @Nullable Identity read(WireReader in) {
        long address = in.u40();
        if (in.u8() != TYPE) {
            in.reject(DropReason.BAD_FIELD);
        }
        CombinedPublicKey key = CombinedPublicKey.read(in);
        if (in.u8() != 0) {
            in.reject(DropReason.BAD_FIELD);
        }
        return in.intact() && key != null ? new Identity(new Address(address), key) : null;
    }

    public void write(WireWriter out) {
        out.u40(address.bits()).u8(TYPE);
        key.write(out);
        out.u8(0);
    }

    public Address address() {
        return address;
    }

    public CombinedPublicKey key() {
        return key;
    }

    /** A copy of the 64 bytes of the public key. */
    public byte[] publicKey() {
        return key.bytes();
    }

    /** Whether {@code signature} (96 bytes) is this node's over {@code message}. */
    public boolean verify(byte[] message, byte[] signature) {
        return key.verify(message, signature);
    }

    /**
     * Whether address and key belong together: runs the memory-hard function, some milliseconds of work over 2 MiB. Do
     * it only for packets that were authentic, and not at a stranger's pace.
     */
    public boolean valid() {
        if (address.reserved()) {
            return false;
        }
        try (var hash = new IdentityHash()) {
            return hash.leadsTo(key.bytes(), address);
        }
    }

    /** SHA-384 over address and public key, 48 bytes; membership certificates of protocol 12 name their holder by it. */
    public byte[] hash384() {
        var out = new WireWriter(Address.BYTES + CombinedPublicKey.BYTES);
        out.u40(address.bits());
        key.write(out);
        return Digests.sha384(out.toByteArray());
    }

    /** By address, then by public key. */
    @Override
    public int compareTo(Identity other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : key.compareTo(other.key);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Identity that && address.equals(that.address) && key.equals(that.key);
    }

    @Override
    public int hashCode() {
        return Objects.hash(address, key);
    }

    /** The public text form, lower case. */
    @Override
    public String toString() {
        return address + ":" + TYPE + ":" + key;
    }
}
