// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.Verification.Settled;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * A signature inside a credential: type u8 (1), length u16 (96), bytes. One of another type is kept as it came and never
 * verifies.
 */
final class SignatureBlock {
    static final int SIGNATURE_BYTES = 96;
    static final int BYTES = 3 + SIGNATURE_BYTES;

    private static final int ED25519 = 1;

    private final int type;
    private final byte[] bytes;

    private SignatureBlock(int type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    static SignatureBlock of(byte[] ownedSignature) {
        return new SignatureBlock(ED25519, ownedSignature);
    }

    static @Nullable SignatureBlock read(WireReader in) {
        int type = in.u8();
        int length = in.u16();
        if (type == ED25519 && length != SIGNATURE_BYTES) {
            in.reject(DropReason.BAD_FIELD);
        }
        byte[] bytes = in.bytes(length);
        return in.intact() ? new SignatureBlock(type, bytes) : null;
    }

    void write(WireWriter out) {
        out.u8(type).u16(bytes.length).bytes(bytes);
    }

    /**
     * Whether {@code signer} may sign for {@code network} and did sign {@code message}: the rule of all credentials with
     * one signature.
     */
    Verification verify(
            NetworkId network, Address signer, byte[] message, Function<Address, @Nullable Identity> identities) {
        if (!signer.equals(network.controller()) || signer.reserved()) {
            return Settled.BAD;
        }
        Identity identity = identities.apply(signer);
        if (identity == null) {
            return new Verification.Waiting(signer);
        }
        return covers(identity, message) ? Settled.OK : Settled.BAD;
    }

    /** Whether this is the signature of {@code signer} over {@code message}. */
    boolean covers(Identity signer, byte[] message) {
        return type == ED25519 && signer.verify(message, bytes);
    }

    /** What the signatures of tags, capabilities, ownership and revocations cover: the body in a fixed frame. */
    static byte[] message(byte[] body) {
        var out = new WireWriter(body.length + 18);
        out.fill(0x7f, 8).bytes(body).u16(0).fill(0x7f, 8);
        return out.toByteArray();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SignatureBlock block && block.type == type && Arrays.equals(block.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(bytes);
    }
}
