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
 * A 32-bit value that a member holds under a 32-bit ID, for rules to compare. Wire form: network u64, timestamp u64, ID
 * u32, value u32, issued to u40, signed by u40, signature, additional data.
 */
public final class Tag implements IdentifiedCredential {
    /** Without additional data. */
    public static final int BYTES = 135;

    private static final int BODY_BYTES = 34;

    private final Fields fields;
    private final Signed<Fields> signed;

    private record Fields(NetworkId network, long timestamp, int id, int value, Address issuedTo, Address signedBy)
            implements Signed.Fields {
        @Override
        public byte[] bytes() {
            var out = new WireWriter(BODY_BYTES);
            out.u64(network.bits()).u64(timestamp).u32(id).u32(value);
            out.u40(issuedTo.bits()).u40(signedBy.bits());
            return out.toByteArray();
        }
    }

    private Tag(Signed<Fields> signed) {
        this.fields = signed.fields();
        this.signed = signed;
    }

    /** Issues a tag; it is genuine if {@code controller} is the network's. */
    public static Tag issue(
            NetworkId network, long timestamp, int id, int value, Address issuedTo, SecretIdentity controller) {
        var fields = new Fields(
                network, timestamp, id, value, issuedTo, controller.identity().address());
        return new Tag(Signed.by(controller, fields));
    }

    public static @Nullable Tag read(WireReader in) {
        var fields = new Fields(
                new NetworkId(in.u64()), in.u64(), in.i32(), in.i32(), new Address(in.u40()), new Address(in.u40()));
        Signed<Fields> signed = Signed.read(fields, in);
        return signed == null ? null : new Tag(signed);
    }

    @Override
    public void write(WireWriter out) {
        signed.write(out);
    }

    /** The bytes that the signature covers. */
    public byte[] signedBytes() {
        return signed.bytes();
    }

    @Override
    public Verification verify(Function<Address, @Nullable Identity> identities) {
        return signed.verify(identities);
    }

    @Override
    public CredentialType type() {
        return CredentialType.TAG;
    }

    @Override
    public NetworkId network() {
        return fields.network;
    }

    @Override
    public long timestamp() {
        return fields.timestamp;
    }

    @Override
    public int id() {
        return fields.id;
    }

    /** Unsigned. */
    public int value() {
        return fields.value;
    }

    @Override
    public Address subject() {
        return fields.issuedTo;
    }

    public Address signedBy() {
        return fields.signedBy;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tag tag && tag.signed.equals(signed);
    }

    @Override
    public int hashCode() {
        return signed.hashCode();
    }

    @Override
    public String toString() {
        return "tag " + Integer.toUnsignedString(fields.id) + "=" + Integer.toUnsignedString(fields.value) + " of "
                + fields.issuedTo + " on " + fields.network;
    }
}
