// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Which addresses ("things") a member uses rightly. Wire form: network u64, timestamp u64, flags u64, ID u32, count u16,
 * per thing a type u8 and 16 bytes, issued to u40, signed by u40, signature, additional data.
 */
public final class OwnershipCertificate implements IdentifiedCredential {
    /** What every version holds; a certificate with more is malformed. */
    public static final int THINGS_MAX = 16;

    /** Longest form, without additional data. */
    public static final int BYTES_MAX = 141 + 17 * THINGS_MAX;

    private final Fields fields;
    private final Signed<Fields> signed;

    /**
     * One address. The sixteen bytes are kept whole: those behind a shorter address mean nothing, but older controllers
     * leave arbitrary bytes there and sign them.
     */
    public record Thing(int type, long high, long low) {
        private static final int MAC = 1;
        private static final int IPV4 = 2;
        private static final int IPV6 = 3;

        public static Thing of(Ip ip) {
            return ip.v6() ? new Thing(IPV6, ip.high(), ip.low()) : new Thing(IPV4, ip.low() << 32, 0);
        }

        public static Thing of(Mac mac) {
            return new Thing(MAC, mac.bits() << 16, 0);
        }

        /** The IP address; empty for anything else. */
        public Optional<Ip> ip() {
            return switch (type) {
                case IPV4 -> Optional.of(Ip.v4((int) (high >>> 32)));
                case IPV6 -> Optional.of(Ip.v6(high, low));
                default -> Optional.empty();
            };
        }

        /** The MAC; empty for anything else. */
        public Optional<Mac> mac() {
            return type == MAC ? Optional.of(new Mac(high >>> 16)) : Optional.empty();
        }
    }

    private record Fields(
            NetworkId network,
            long timestamp,
            long flags,
            int id,
            List<Thing> things,
            Address issuedTo,
            Address signedBy)
            implements Signed.Fields {
        @Override
        public byte[] bytes() {
            var out = new WireWriter(BYTES_MAX);
            out.u64(network.bits()).u64(timestamp).u64(flags).u32(id).u16(things.size());
            things.forEach(thing -> out.u8(thing.type).u64(thing.high).u64(thing.low));
            out.u40(issuedTo.bits()).u40(signedBy.bits());
            return out.toByteArray();
        }
    }

    private OwnershipCertificate(Signed<Fields> signed) {
        this.fields = signed.fields();
        this.signed = signed;
    }

    /** Issues a certificate for the first {@link #THINGS_MAX} of {@code things}. */
    public static OwnershipCertificate issue(
            NetworkId network,
            long timestamp,
            int id,
            Collection<Thing> things,
            Address issuedTo,
            SecretIdentity controller) {
        return issue(network, timestamp, 0, id, things, issuedTo, controller);
    }

    /** As the other, with flags; none are defined. */
    static OwnershipCertificate issue(
            NetworkId network,
            long timestamp,
            long flags,
            int id,
            Collection<Thing> things,
            Address issuedTo,
            SecretIdentity controller) {
        var fields = new Fields(
                network,
                timestamp,
                flags,
                id,
                things.stream().limit(THINGS_MAX).toList(),
                issuedTo,
                controller.identity().address());
        return new OwnershipCertificate(Signed.by(controller, fields));
    }

    public static @Nullable OwnershipCertificate read(WireReader in) {
        var network = new NetworkId(in.u64());
        long timestamp = in.u64();
        long flags = in.u64();
        int id = in.i32();
        int count = in.u16();
        if (count > THINGS_MAX) {
            in.reject(DropReason.BAD_FIELD);
        }
        var things = new ArrayList<Thing>();
        for (int i = 0; i < count && in.intact(); i++) {
            things.add(new Thing(in.u8(), in.u64(), in.u64()));
        }
        var issuedTo = new Address(in.u40());
        var signedBy = new Address(in.u40());
        var fields = new Fields(network, timestamp, flags, id, List.copyOf(things), issuedTo, signedBy);
        Signed<Fields> signed = Signed.read(fields, in);
        return signed == null ? null : new OwnershipCertificate(signed);
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
        return CredentialType.OWNERSHIP;
    }

    @Override
    public NetworkId network() {
        return fields.network;
    }

    @Override
    public long timestamp() {
        return fields.timestamp;
    }

    public long flags() {
        return fields.flags;
    }

    @Override
    public int id() {
        return fields.id;
    }

    /** In the order of the certificate. */
    public List<Thing> things() {
        return fields.things;
    }

    public boolean owns(Ip ip) {
        return fields.things.stream()
                .anyMatch(thing -> thing.ip().filter(ip::equals).isPresent());
    }

    public boolean owns(Mac mac) {
        return fields.things.stream()
                .anyMatch(thing -> thing.mac().filter(mac::equals).isPresent());
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
        return other instanceof OwnershipCertificate certificate && certificate.signed.equals(signed);
    }

    @Override
    public int hashCode() {
        return signed.hashCode();
    }

    @Override
    public String toString() {
        return "ownership " + Integer.toUnsignedString(fields.id) + " of " + fields.issuedTo + " on " + fields.network
                + ", " + fields.things.size() + " things";
    }
}
