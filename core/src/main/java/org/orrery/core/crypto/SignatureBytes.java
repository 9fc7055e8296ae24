// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Hex;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * A signature as it travels in signed documents: 64 bytes Ed25519, then the 32 digest bytes it was made over. This is
 * only the bytes, with equality by content; {@link CombinedPublicKey#verify} judges them. Immutable; any thread.
 */
public final class SignatureBytes {
    public static final int BYTES = 96;

    static final int CURVE_BYTES = 64;
    static final int DIGEST_BYTES = 32;

    private final byte[] bytes;

    private SignatureBytes(byte[] owned) {
        this.bytes = owned;
    }

    /** Copies 96 bytes. */
    public static SignatureBytes of(byte[] borrowed) {
        if (borrowed.length != BYTES) {
            throw new IllegalArgumentException("signature of " + borrowed.length + " bytes");
        }
        return new SignatureBytes(borrowed.clone());
    }

    public static @Nullable SignatureBytes read(WireReader in) {
        byte[] bytes = in.bytes(BYTES);
        return in.intact() ? new SignatureBytes(bytes) : null;
    }

    public void write(WireWriter out) {
        out.bytes(bytes);
    }

    /** A copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SignatureBytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return Hex.of(bytes);
    }
}
