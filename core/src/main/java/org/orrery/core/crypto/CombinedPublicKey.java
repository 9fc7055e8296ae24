// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Hex;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * A public key of 64 bytes: 32 bytes X25519 (the u coordinate), then 32 bytes Ed25519 (the compressed point). The halves
 * are unrelated. Immutable; any thread.
 */
public final class CombinedPublicKey implements Comparable<CombinedPublicKey> {
    public static final int BYTES = 64;

    private final byte[] bytes;

    private CombinedPublicKey(byte[] owned) {
        this.bytes = owned;
    }

    /** Copies 64 bytes. */
    public static CombinedPublicKey of(byte[] borrowed) {
        if (borrowed.length != BYTES) {
            throw new IllegalArgumentException("public key of " + borrowed.length + " bytes");
        }
        return new CombinedPublicKey(borrowed.clone());
    }

    /** Reads exactly 128 hex digits. */
    public static Optional<CombinedPublicKey> parse(String text) {
        byte[] bytes = text.length() == 2 * BYTES ? Hex.bytes(text) : null;
        return bytes == null ? Optional.empty() : Optional.of(new CombinedPublicKey(bytes));
    }

    /** Reads 64 bytes, any of which are acceptable. */
    public static @Nullable CombinedPublicKey read(WireReader in) {
        byte[] bytes = in.bytes(BYTES);
        return in.intact() ? new CombinedPublicKey(bytes) : null;
    }

    public void write(WireWriter out) {
        out.bytes(bytes);
    }

    /** A copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /**
     * Whether {@code signature} (96 bytes: Ed25519 over the first half of the message's SHA-512, then that half) was
     * made over {@code message} with this key. Stricter than the reference in refusing a scalar that is not reduced,
     * which no honest signer makes.
     */
    public boolean verify(byte[] message, byte[] signature) {
        if (signature.length != SignatureBytes.BYTES) {
            return false;
        }
        byte[] half = Arrays.copyOf(Digests.sha512(message), SignatureBytes.DIGEST_BYTES);
        if (!Arrays.equals(half, 0, half.length, signature, SignatureBytes.CURVE_BYTES, SignatureBytes.BYTES)) {
            return false;
        }
        byte[] curvePart = Arrays.copyOf(signature, SignatureBytes.CURVE_BYTES);
        return Curves.verify(Arrays.copyOfRange(bytes, Curves.KEY_BYTES, BYTES), half, curvePart);
    }

    byte[] agreementHalf() {
        return Arrays.copyOf(bytes, Curves.KEY_BYTES);
    }

    /** Unsigned, byte by byte. */
    @Override
    public int compareTo(CombinedPublicKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CombinedPublicKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** 128 lower-case hex digits. */
    @Override
    public String toString() {
        return Hex.of(bytes);
    }
}
