// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.Verification.Settled;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Hex;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Proof that a member belonged to a network at a time: up to eight qualifiers, sorted by ID, and the controller's
 * signature over them. Two members let each other pass when their certificates agree. Wire form: u8 1, count u16, per
 * qualifier ID, value and largest difference as u64 each, signer u40, and unless that is zero a signature of 96 bytes.
 */
public final class MembershipCertificate implements Credential {
    public static final int QUALIFIERS_MAX = 8;

    /** Longest form. */
    public static final int BYTES_MAX = 8 + 24 * QUALIFIERS_MAX + SignatureBlock.SIGNATURE_BYTES;

    private static final int OBJECT_TYPE = 1;
    private static final long TIMESTAMP = 0;
    private static final long NETWORK = 1;
    private static final long MEMBER = 2;
    private static final long HASH_FIRST = 3;
    private static final int HASH_WORDS = 4;
    private static final long UNLIMITED = -1;
    private static final byte[] NO_SIGNATURE = {};

    /**
     * One property that both sides must share.
     *
     * @param id which property, unsigned
     * @param value its value, unsigned
     * @param maxDelta by how much the other side's value may differ, unsigned
     */
    public record Qualifier(long id, long value, long maxDelta) {}

    private final List<Qualifier> qualifiers;
    private final Address signedBy;
    private final byte[] signature;

    private MembershipCertificate(List<Qualifier> qualifiers, Address signedBy, byte[] ownedSignature) {
        this.qualifiers = qualifiers;
        this.signedBy = signedBy;
        this.signature = ownedSignature;
    }

    /**
     * Issues a certificate for {@code member}; it is genuine if {@code controller} is the network's. It holds the hash of
     * the member's identity (7 qualifiers), which members of protocol 12 compare: all certificates of a network must be
     * alike, for one with the hash does not agree with one without.
     *
     * @param maxDeltaMillis how far apart the timestamps of agreeing certificates may be
     */
    public static MembershipCertificate issue(
            NetworkId network, long timestamp, long maxDeltaMillis, Identity member, SecretIdentity controller) {
        var list = new ArrayList<Qualifier>(issuedWithoutHash(network, timestamp, maxDeltaMillis, member.address()));
        long[] words = hashWords(member);
        for (int i = 0; i < HASH_WORDS; i++) {
            list.add(new Qualifier(HASH_FIRST + i, words[i], UNLIMITED));
        }
        return sign(list, controller);
    }

    /** As {@link #issue}, in the form of protocol 9: three qualifiers, without the hash of an identity. */
    public static MembershipCertificate issueWithoutHash(
            NetworkId network, long timestamp, long maxDeltaMillis, Address member, SecretIdentity controller) {
        return sign(issuedWithoutHash(network, timestamp, maxDeltaMillis, member), controller);
    }

    private static List<Qualifier> issuedWithoutHash(
            NetworkId network, long timestamp, long maxDeltaMillis, Address member) {
        return List.of(
                new Qualifier(TIMESTAMP, timestamp, maxDeltaMillis),
                new Qualifier(NETWORK, network.bits(), 0),
                new Qualifier(MEMBER, member.bits(), UNLIMITED));
    }

    /** Signs any qualifiers, at most {@link #QUALIFIERS_MAX}; they are put in order. */
    public static MembershipCertificate sign(List<Qualifier> qualifiers, SecretIdentity controller) {
        List<Qualifier> sorted = sorted(qualifiers);
        byte[] signature = controller.sign(signedBytes(sorted));
        return new MembershipCertificate(sorted, controller.identity().address(), signature);
    }

    private static List<Qualifier> sorted(List<Qualifier> qualifiers) {
        if (qualifiers.size() > QUALIFIERS_MAX) {
            throw new IllegalArgumentException(qualifiers.size() + " qualifiers");
        }
        return qualifiers.stream()
                .sorted(Comparator.comparing(Qualifier::id, Long::compareUnsigned))
                .toList();
    }

    public static @Nullable MembershipCertificate read(WireReader in) {
        int type = in.u8();
        int count = in.u16();
        if (type != OBJECT_TYPE || count > QUALIFIERS_MAX) {
            in.reject(DropReason.BAD_FIELD);
        }
        var list = new ArrayList<Qualifier>();
        for (int i = 0; i < count && in.intact(); i++) {
            var qualifier = new Qualifier(in.u64(), in.u64(), in.u64());
            if (!list.isEmpty() && Long.compareUnsigned(qualifier.id, list.getLast().id) < 0) {
                in.reject(DropReason.BAD_FIELD);
            }
            list.add(qualifier);
        }
        var signedBy = new Address(in.u40());
        byte[] signature = signedBy.bits() == 0 ? NO_SIGNATURE : in.bytes(SignatureBlock.SIGNATURE_BYTES);
        return in.intact() ? new MembershipCertificate(List.copyOf(list), signedBy, signature) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.u8(OBJECT_TYPE).u16(qualifiers.size()).bytes(signedBytes());
        out.u40(signedBy.bits()).bytes(signature);
    }

    /**
     * Reads the text form of old configurations, {@code 1:qualifiers:signer:signature} in hex. It always gives a
     * certificate, of no qualifiers if need be: an incomplete qualifier is left out, as are those beyond the eighth, and
     * without a whole signer and signature it is unsigned.
     */
    public static MembershipCertificate parseText(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length < 2 || !parts[0].equals("1")) {
            return new MembershipCertificate(List.of(), Address.NONE, NO_SIGNATURE);
        }
        byte[] hex = Hex.bytes(parts[1].substring(0, Math.min(parts[1].length() & ~1, 48 * QUALIFIERS_MAX)));
        var in = new WireReader(hex == null ? NO_SIGNATURE : hex);
        var list = new ArrayList<Qualifier>();
        while (in.remaining() >= 24) {
            list.add(new Qualifier(in.u64(), in.u64(), in.u64()));
        }
        Address signedBy =
                parts.length < 3 ? Address.NONE : Address.parse(parts[2]).orElse(Address.NONE);
        byte[] signature = parts.length < 4 ? null : Hex.bytes(parts[3]);
        if (signedBy.bits() == 0 || signature == null || signature.length < SignatureBlock.SIGNATURE_BYTES) {
            return new MembershipCertificate(sorted(list), Address.NONE, NO_SIGNATURE);
        }
        return new MembershipCertificate(
                sorted(list), signedBy, Arrays.copyOf(signature, SignatureBlock.SIGNATURE_BYTES));
    }

    /** The text form of old configurations. */
    public String text() {
        return "1:" + Hex.of(signedBytes()) + ":" + signedBy + (signedBy.bits() == 0 ? "" : ":" + Hex.of(signature));
    }

    /** The bytes that the signature covers. */
    public byte[] signedBytes() {
        return signedBytes(qualifiers);
    }

    private static byte[] signedBytes(List<Qualifier> qualifiers) {
        var out = new WireWriter(24 * QUALIFIERS_MAX);
        qualifiers.forEach(each -> out.u64(each.id).u64(each.value).u64(each.maxDelta));
        return out.toByteArray();
    }

    @Override
    public Verification verify(Function<Address, @Nullable Identity> identities) {
        if (signedBy.bits() == 0) {
            return Settled.BAD;
        }
        return SignatureBlock.of(signature).verify(network(), signedBy, signedBytes(), identities);
    }

    /**
     * Whether a member that holds this certificate lets pass the holder of {@code other}. Every qualifier here must be
     * there and differ by no more than is allowed here, so the answer can be different the other way round. If this
     * certificate holds the hash of an identity, the other's must be that of {@code otherIdentity}.
     *
     * @param otherIdentity the actual identity of the other member; null if it is not known, which agrees only where no
     *     hash is compared
     */
    public boolean agreesWith(MembershipCertificate other, @Nullable Identity otherIdentity) {
        if (qualifiers.isEmpty() || other.qualifiers.isEmpty()) {
            return false;
        }
        boolean hashed = false;
        for (Qualifier mine : qualifiers) {
            Qualifier theirs = other.find(mine.id);
            if (theirs == null || Long.compareUnsigned(difference(mine.value, theirs.value), mine.maxDelta) > 0) {
                return false;
            }
            hashed |= mine.id >= HASH_FIRST && mine.id < HASH_FIRST + HASH_WORDS;
        }
        return !hashed || other.holdsHashOf(otherIdentity);
    }

    private static long difference(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a - b : b - a;
    }

    private boolean holdsHashOf(@Nullable Identity identity) {
        if (identity == null) {
            return false;
        }
        long[] words = hashWords(identity);
        for (int i = 0; i < HASH_WORDS; i++) {
            Qualifier word = find(HASH_FIRST + i);
            if (word == null || word.value != words[i]) {
                return false;
            }
        }
        return true;
    }

    private static long[] hashWords(Identity identity) {
        var in = new WireReader(identity.hash384());
        long[] words = new long[HASH_WORDS];
        for (int i = 0; i < HASH_WORDS; i++) {
            words[i] = in.u64();
        }
        return words;
    }

    private @Nullable Qualifier find(long id) {
        for (Qualifier each : qualifiers) {
            if (each.id == id) {
                return each;
            }
        }
        return null;
    }

    private long value(long id) {
        Qualifier found = find(id);
        return found == null ? 0 : found.value;
    }

    /** Ascending by ID. */
    public List<Qualifier> qualifiers() {
        return qualifiers;
    }

    /** When it was issued, milliseconds since 1970 on the controller's clock; 0 if it does not say. */
    public long timestamp() {
        return value(TIMESTAMP);
    }

    /** Network 0 if it does not say. */
    @Override
    public NetworkId network() {
        return new NetworkId(value(NETWORK));
    }

    /** {@link Address#NONE} if it does not say. */
    @Override
    public Address subject() {
        return new Address(value(MEMBER) & 0xff_ffff_ffffL);
    }

    /** {@link Address#NONE} if unsigned. */
    public Address signedBy() {
        return signedBy;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other == this
                || other instanceof MembershipCertificate certificate
                        && certificate.qualifiers.equals(qualifiers)
                        && certificate.signedBy.equals(signedBy)
                        && Arrays.equals(certificate.signature, signature);
    }

    @Override
    public int hashCode() {
        return 31 * qualifiers.hashCode() + Arrays.hashCode(signature);
    }

    @Override
    public String toString() {
        return "membership of " + subject() + " on " + network() + " at " + Long.toUnsignedString(timestamp());
    }
}
