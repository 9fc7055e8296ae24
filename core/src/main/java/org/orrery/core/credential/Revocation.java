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
 * An order that credentials of one type (and ID) of one member are void up to a time. Wire form: ID u64, network u64,
 * credential ID u64, threshold u64, flags u64, target u40, signed by u40, type u8, signature, additional data.
 *
 * <p>Both IDs are 64 bits on the wire and are kept as such; protocol 12 knows only the lower halves and cannot verify a
 * revocation whose upper halves are not zero, so those issued here are narrow.
 */
public final class Revocation implements Credential {
    /** Without additional data. */
    public static final int BYTES = 152;

    /** Flag: who learns of it tells all members it knows. */
    public static final long FLAG_FAST_PROPAGATE = 0x1;

    private static final int BODY_BYTES = 51;

    private final Fields fields;
    private final Signed<Fields> signed;

    private record Fields(
            long id,
            NetworkId network,
            long credentialId,
            long threshold,
            long flags,
            Address target,
            Address signedBy,
            int type)
            implements Signed.Fields {
        @Override
        public byte[] bytes() {
            var out = new WireWriter(BODY_BYTES);
            out.u64(id).u64(network.bits()).u64(credentialId).u64(threshold).u64(flags);
            out.u40(target.bits()).u40(signedBy.bits()).u8(type);
            return out.toByteArray();
        }
    }

    private Revocation(Signed<Fields> signed) {
        this.fields = signed.fields();
        this.signed = signed;
    }

    /**
     * Issues a revocation; it is genuine if {@code controller} is the network's.
     *
     * @param id random, unsigned
     * @param credentialId unsigned; 0 for certificates of membership
     * @param threshold credentials up to and including this time are void
     */
    public static Revocation issue(
            int id,
            NetworkId network,
            CredentialType type,
            int credentialId,
            long threshold,
            long flags,
            Address target,
            SecretIdentity controller) {
        var fields = new Fields(
                Integer.toUnsignedLong(id),
                network,
                Integer.toUnsignedLong(credentialId),
                threshold,
                flags,
                target,
                controller.identity().address(),
                type.id());
        return new Revocation(Signed.by(controller, fields));
    }

    public static @Nullable Revocation read(WireReader in) {
        var fields = new Fields(
                in.u64(),
                new NetworkId(in.u64()),
                in.u64(),
                in.u64(),
                in.u64(),
                new Address(in.u40()),
                new Address(in.u40()),
                in.u8());
        Signed<Fields> signed = Signed.read(fields, in);
        return signed == null ? null : new Revocation(signed);
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

    public long id() {
        return fields.id;
    }

    @Override
    public NetworkId network() {
        return fields.network;
    }

    /** The ID of what is revoked, unsigned 64 bits; without meaning for certificates of membership. */
    public long credentialId() {
        return fields.credentialId;
    }

    /** Credentials up to and including this time are void. */
    public long threshold() {
        return fields.threshold;
    }

    public long flags() {
        return fields.flags;
    }

    public boolean fastPropagate() {
        return (fields.flags & FLAG_FAST_PROPAGATE) != 0;
    }

    /** The type number as it came; numbers that no {@link CredentialType} has revoke nothing. */
    public int typeId() {
        return fields.type;
    }

    @Override
    public Address subject() {
        return fields.target;
    }

    public Address signedBy() {
        return fields.signedBy;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Revocation revocation && revocation.signed.equals(signed);
    }

    @Override
    public int hashCode() {
        return signed.hashCode();
    }

    @Override
    public String toString() {
        return "revocation of type " + fields.type + " id " + Long.toUnsignedString(fields.credentialId) + " of "
                + fields.target + " on " + fields.network + " up to " + Long.toUnsignedString(fields.threshold);
    }
}
