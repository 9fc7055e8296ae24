// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * What tags, ownership certificates and revocations are: fields, one signature over them, and additional data that nobody
 * uses.
 */
record Signed<F extends Signed.Fields>(F fields, SignatureBlock signature) {
    /** What is signed, {@link #signedBy} included. */
    interface Fields {
        NetworkId network();

        Address signedBy();

        /** Their wire form. */
        byte[] bytes();
    }

    static <F extends Fields> Signed<F> by(SecretIdentity signer, F fields) {
        return new Signed<>(fields, SignatureBlock.of(signer.sign(SignatureBlock.message(fields.bytes()))));
    }

    /** Reads what stands behind {@code fields}; null if it, or what was read before, is malformed. */
    static <F extends Fields> @Nullable Signed<F> read(F fields, WireReader in) {
        SignatureBlock signature = SignatureBlock.read(in);
        in.skip(in.u16());
        return in.intact() && signature != null ? new Signed<>(fields, signature) : null;
    }

    void write(WireWriter out) {
        out.bytes(fields.bytes());
        signature.write(out);
        out.u16(0);
    }

    /** The bytes that the signature covers. */
    byte[] bytes() {
        return SignatureBlock.message(fields.bytes());
    }

    Verification verify(Function<Address, @Nullable Identity> identities) {
        return signature.verify(fields.network(), fields.signedBy(), bytes(), identities);
    }
}
