// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.Acceptance.Settled;
import org.orrery.core.crypto.Identity;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;

/**
 * What this node keeps of one other member of one network: the latest certificate of membership, tags, capabilities and
 * certificates of ownership by ID, and up to what time credentials are revoked. It decides what to accept and whether the
 * member may pass. Owner lane only; {@link #filterSide} is the snapshot for the others.
 *
 * <p>Everything here was signed by the controller, so only the controller can fill the tables, and they are bounded all
 * the same. When one is full the entry that was presented longest ago makes room; of the revocations it is the one with
 * the lowest threshold, which is the likeliest to have lapsed.
 */
public final class MemberRecord {
    /** Tags, as many as a configuration may hold: 128 * 135 bytes. */
    public static final int TAGS_MAX = 128;

    /** Capabilities, as many as a configuration may hold. */
    public static final int CAPABILITIES_MAX = 128;

    /** Certificates of ownership, four times what a configuration may hold: IDs change when an operator reorders them. */
    public static final int OWNERSHIPS_MAX = 16;

    /** Revocations of tags, capabilities and ownership: one for each that can be held, 272, rounded up. */
    public static final int REVOCATIONS_MAX = 320;

    private record RevokedKey(int type, long id) {}

    private final NetworkId network;
    private final Map<Integer, Tag> tags = new LinkedHashMap<>();
    private final Map<Integer, Capability> capabilities = new LinkedHashMap<>();
    private final Map<Integer, OwnershipCertificate> ownerships = new LinkedHashMap<>();
    private final Map<RevokedKey, Long> revokedUpTo = new LinkedHashMap<>();
    private @Nullable MembershipCertificate membership;
    private long membershipRevokedUpTo;

    // The last answer of agreement and what it was about: the gate asks for every frame, and hashing an identity is
    // slow.
    private @Nullable MembershipCertificate agreementOwn;
    private @Nullable MembershipCertificate agreementTheirs;
    private @Nullable Identity agreementIdentity;
    private boolean agreement;

    public MemberRecord(NetworkId network) {
        this.network = network;
    }

    /**
     * Takes a credential that names this member as its subject. The same rules hold for all: what is revoked or older
     * than the one held is refused, the same one again is redundant, anything else is verified and takes the place of the
     * one held.
     */
    public Acceptance accept(Credential credential, Function<Address, @Nullable Identity> identities) {
        if (!credential.network().equals(network)) {
            return Settled.INVALID;
        }
        return switch (credential) {
            case MembershipCertificate certificate -> acceptMembership(certificate, identities);
            case Tag tag -> accept(tag, tags, TAGS_MAX, identities);
            case Capability capability -> accept(capability, capabilities, CAPABILITIES_MAX, identities);
            case OwnershipCertificate ownership -> accept(ownership, ownerships, OWNERSHIPS_MAX, identities);
            case Revocation revocation -> acceptRevocation(revocation, identities);
        };
    }

    private Acceptance acceptMembership(
            MembershipCertificate certificate, Function<Address, @Nullable Identity> identities) {
        long timestamp = certificate.timestamp();
        if (Long.compareUnsigned(timestamp, membershipRevokedUpTo) <= 0) {
            return Settled.REVOKED;
        }
        if (membership != null && Long.compareUnsigned(timestamp, membership.timestamp()) < 0) {
            return Settled.OLD;
        }
        if (certificate.equals(membership)) {
            return Settled.REDUNDANT;
        }
        Acceptance verified = verified(certificate, identities);
        if (verified.accepted()) {
            membership = certificate;
        }
        return verified;
    }

    private <T extends IdentifiedCredential> Acceptance accept(
            T credential, Map<Integer, T> held, int maximum, Function<Address, @Nullable Identity> identities) {
        T present = held.get(credential.id());
        if (present != null && Long.compareUnsigned(credential.timestamp(), present.timestamp()) < 0) {
            return Settled.OLD;
        }
        if (credential.equals(present)) {
            return Settled.REDUNDANT;
        }
        if (revoked(credential)) {
            return Settled.REVOKED;
        }
        Acceptance verified = verified(credential, identities);
        if (verified.accepted()) {
            held.remove(credential.id());
            if (held.size() == maximum) {
                held.remove(held.keySet().iterator().next());
            }
            held.put(credential.id(), credential);
        }
        return verified;
    }

    private Acceptance acceptRevocation(Revocation revocation, Function<Address, @Nullable Identity> identities) {
        int type = revocation.typeId();
        if (type < CredentialType.MEMBERSHIP.id() || type > CredentialType.OWNERSHIP.id()) {
            return Settled.INVALID;
        }
        Acceptance verified = verified(revocation, identities);
        if (!verified.accepted()) {
            return verified;
        }
        long threshold = revocation.threshold();
        if (type == CredentialType.MEMBERSHIP.id()) {
            if (Long.compareUnsigned(threshold, membershipRevokedUpTo) <= 0) {
                return Settled.REDUNDANT;
            }
            membershipRevokedUpTo = threshold;
            return Settled.NEW;
        }
        var key = new RevokedKey(type, revocation.credentialId());
        Long present = revokedUpTo.get(key);
        if (present != null && Long.compareUnsigned(threshold, present) <= 0) {
            return Settled.REDUNDANT;
        }
        if (present == null && revokedUpTo.size() == REVOCATIONS_MAX) {
            revokedUpTo.entrySet().stream()
                    .min(Map.Entry.comparingByValue(Long::compareUnsigned))
                    .ifPresent(lowest -> revokedUpTo.remove(lowest.getKey()));
        }
        revokedUpTo.put(key, threshold);
        return Settled.NEW;
    }

    private static Acceptance verified(Credential credential, Function<Address, @Nullable Identity> identities) {
        return switch (credential.verify(identities)) {
            case Verification.Settled settled -> settled == Verification.Settled.OK ? Settled.NEW : Settled.INVALID;
            case Verification.Waiting(Address signer) -> new Acceptance.Waiting(signer);
        };
    }

    private boolean revoked(IdentifiedCredential credential) {
        Long threshold =
                revokedUpTo.get(new RevokedKey(credential.type().id(), Integer.toUnsignedLong(credential.id())));
        return threshold != null && Long.compareUnsigned(credential.timestamp(), threshold) <= 0;
    }

    /**
     * Whether frames and requests of this member are let in: always on a public network, else if its certificate is not
     * revoked and agrees with this node's own.
     *
     * @param own this node's certificate, null if its configuration has none
     * @param identity the member's identity, null if it is not known
     */
    public boolean allowed(boolean publicNetwork, @Nullable MembershipCertificate own, @Nullable Identity identity) {
        if (publicNetwork) {
            return true;
        }
        if (own == null
                || membership == null
                || Long.compareUnsigned(membership.timestamp(), membershipRevokedUpTo) <= 0) {
            return false;
        }
        if (!own.equals(agreementOwn)
                || !membership.equals(agreementTheirs)
                || !Objects.equals(identity, agreementIdentity)) {
            agreementOwn = own;
            agreementTheirs = membership;
            agreementIdentity = identity;
            agreement = own.agreesWith(membership, identity);
        }
        return agreement;
    }

    /** The latest certificate of membership, revoked or not; null if there is none. */
    public @Nullable MembershipCertificate membership() {
        return membership;
    }

    /**
     * What rules may use of this member now: credentials that are not revoked and whose timestamps are near enough to
     * that of this node's configuration.
     *
     * @param configTimestamp the configuration's timestamp
     * @param maxDeltaMillis the configuration's largest difference
     */
    public FilterSide filterSide(long configTimestamp, long maxDeltaMillis) {
        Usable usable = usable(configTimestamp, maxDeltaMillis);
        return FilterSides.of(usable.tags, usable.ownerships, usable.capabilities);
    }

    /** Credentials that rules may use; each kind ascending by ID. */
    public record Usable(List<Tag> tags, List<OwnershipCertificate> ownerships, List<Capability> capabilities) {}

    /** The credentials that {@link #filterSide} is made of. */
    public Usable usable(long configTimestamp, long maxDeltaMillis) {
        return new Usable(
                usable(tags, configTimestamp, maxDeltaMillis),
                usable(ownerships, configTimestamp, maxDeltaMillis),
                usable(capabilities, configTimestamp, maxDeltaMillis));
    }

    private <T extends IdentifiedCredential> List<T> usable(
            Map<Integer, T> held, long configTimestamp, long maxDeltaMillis) {
        return held.values().stream()
                .filter(each -> near(each.timestamp(), configTimestamp, maxDeltaMillis) && !revoked(each))
                .sorted(Comparator.comparing(IdentifiedCredential::id, Integer::compareUnsigned))
                .toList();
    }

    private static boolean near(long a, long b, long maxDelta) {
        long difference = Long.compareUnsigned(a, b) >= 0 ? a - b : b - a;
        return Long.compareUnsigned(difference, maxDelta) <= 0;
    }

    /** Whether something of this member is revoked, so that forgetting it would undo that. */
    public boolean revokes() {
        return membershipRevokedUpTo != 0 || !revokedUpTo.isEmpty();
    }

    /** Whether nothing is kept. */
    public boolean empty() {
        return size() == 0 && membership == null && membershipRevokedUpTo == 0;
    }

    /** How many entries all tables hold, for status and for tests of the bounds. */
    public int size() {
        return tags.size() + capabilities.size() + ownerships.size() + revokedUpTo.size();
    }
}
