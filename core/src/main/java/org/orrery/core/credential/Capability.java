// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.Verification.Settled;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * A set of rules that its holder may present to justify frames. Wire form: network u64, timestamp u64, ID u32, rule count
 * u16, rules, longest chain u8, custody links (to u40, from u40, signature), u40 zero, additional data.
 *
 * <p>Every link signs the same bytes, from the network to the longest chain. They are kept as received, so that rules of
 * types unknown here do not break the signature. Who a link goes to is not signed: it says where to file a capability,
 * and proves nothing.
 */
public final class Capability implements IdentifiedCredential {
    /** Links of a chain at most. */
    public static final int CHAIN_MAX = 7;

    /** Longest form, without additional data: 64 rules of at most 257 bytes, 7 links. */
    public static final int BYTES_MAX =
            23 + RuleTable.CAPABILITY_RULES_MAX * 257 + CHAIN_MAX * (10 + SignatureBlock.BYTES) + 7;

    /** One handing over: {@code from} signed it for {@code to}. */
    public record Custody(Address to, Address from) {}

    private record Link(Address to, Address from, SignatureBlock signature) {}

    private final NetworkId network;
    private final long timestamp;
    private final int id;
    private final RuleTable rules;
    private final int chainMax;
    private final byte[] body;
    private final List<Link> chain;

    private Capability(
            NetworkId network,
            long timestamp,
            int id,
            RuleTable rules,
            int chainMax,
            byte[] ownedBody,
            List<Link> chain) {
        this.network = network;
        this.timestamp = timestamp;
        this.id = id;
        this.rules = rules;
        this.chainMax = chainMax;
        this.body = ownedBody;
        this.chain = List.copyOf(chain);
    }

    /**
     * Issues a capability to its first holder; it is genuine if {@code controller} is the network's. Rules beyond {@link
     * RuleTable#CAPABILITY_RULES_MAX} are left out.
     *
     * @param chainMax how often it can be handed over, this time included; brought into 1 to {@link #CHAIN_MAX}. 1 makes
     *     it not transferable.
     */
    public static Capability issue(
            NetworkId network,
            long timestamp,
            int id,
            RuleTable rules,
            int chainMax,
            Address to,
            SecretIdentity controller) {
        RuleTable kept = rules.cut(RuleTable.CAPABILITY_RULES_MAX);
        int links = Math.clamp(chainMax, 1, CHAIN_MAX);
        var out = new WireWriter(BYTES_MAX);
        out.u64(network.bits()).u64(timestamp).u32(id).u16(kept.size());
        kept.write(out);
        byte[] body = out.u8(links).toByteArray();
        var first = new Link(
                to, controller.identity().address(), SignatureBlock.of(controller.sign(SignatureBlock.message(body))));
        return new Capability(network, timestamp, id, kept, links, body, List.of(first));
    }

    /** Hands the capability on to {@code to}; empty if the chain is full or {@code holder} is not who holds it. */
    public Optional<Capability> handedOn(Address to, SecretIdentity holder) {
        Address from = holder.identity().address();
        if (chain.size() >= chainMax || !from.equals(subject())) {
            return Optional.empty();
        }
        var longer = new ArrayList<Link>(chain);
        longer.add(new Link(to, from, SignatureBlock.of(holder.sign(signedBytes()))));
        return Optional.of(new Capability(network, timestamp, id, rules, chainMax, body, longer));
    }

    public static @Nullable Capability read(WireReader in) {
        int start = in.position();
        var network = new NetworkId(in.u64());
        long timestamp = in.u64();
        int id = in.i32();
        int count = in.u16();
        if (count > RuleTable.CAPABILITY_RULES_MAX) {
            in.reject(DropReason.BAD_FIELD);
        }
        RuleTable rules = in.intact() ? RuleTable.read(in, count) : null;
        int chainMax = in.u8();
        if (chainMax < 1 || chainMax > CHAIN_MAX) {
            in.reject(DropReason.BAD_FIELD);
        }
        if (rules == null || !in.intact()) {
            return null;
        }
        byte[] body = Arrays.copyOfRange(in.array(), start, in.position());
        List<Link> chain = readChain(in, chainMax);
        in.skip(in.u16());
        return in.intact() ? new Capability(network, timestamp, id, rules, chainMax, body, chain) : null;
    }

    private static List<Link> readChain(WireReader in, int chainMax) {
        var chain = new ArrayList<Link>();
        for (long to = in.u40(); to != 0; to = in.u40()) {
            if (chain.size() == chainMax) {
                in.reject(DropReason.BAD_FIELD);
            }
            var from = new Address(in.u40());
            SignatureBlock signature = SignatureBlock.read(in);
            if (signature == null) {
                break;
            }
            chain.add(new Link(new Address(to), from, signature));
        }
        return chain;
    }

    @Override
    public void write(WireWriter out) {
        out.bytes(body);
        for (Link link : chain) {
            out.u40(link.to.bits()).u40(link.from.bits());
            link.signature.write(out);
        }
        out.u40(0).u16(0);
    }

    /** The bytes that every signature of the chain covers. */
    public byte[] signedBytes() {
        return SignatureBlock.message(body);
    }

    /**
     * The first link must come from the controller, each other from the holder before it, and all must be signed. A bad
     * signature counts before a signer that is not known.
     */
    @Override
    public Verification verify(Function<Address, @Nullable Identity> identities) {
        Address expected = network.controller();
        if (chain.isEmpty() || expected.reserved()) {
            return Settled.BAD;
        }
        for (Link link : chain) {
            if (!link.from.equals(expected)) {
                return Settled.BAD;
            }
            expected = link.to;
        }
        byte[] message = signedBytes();
        Address missing = Address.NONE;
        for (Link link : chain) {
            Identity signer = identities.apply(link.from);
            if (signer == null) {
                missing = missing.bits() == 0 ? link.from : missing;
            } else if (!link.signature.covers(signer, message)) {
                return Settled.BAD;
            }
        }
        return missing.bits() == 0 ? Settled.OK : new Verification.Waiting(missing);
    }

    @Override
    public CredentialType type() {
        return CredentialType.CAPABILITY;
    }

    @Override
    public NetworkId network() {
        return network;
    }

    @Override
    public long timestamp() {
        return timestamp;
    }

    /** Unsigned; also the order in which a member's capabilities are tried. */
    @Override
    public int id() {
        return id;
    }

    public RuleTable rules() {
        return rules;
    }

    /** Links that the chain may have, 1 to {@link #CHAIN_MAX}. */
    public int chainMax() {
        return chainMax;
    }

    /** Who handed it to whom, first to last. */
    public List<Custody> custody() {
        return chain.stream().map(link -> new Custody(link.to, link.from)).toList();
    }

    /** The present holder, {@link Address#NONE} if it was never handed to anybody. */
    @Override
    public Address subject() {
        return chain.isEmpty() ? Address.NONE : chain.getLast().to;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Capability capability
                && Arrays.equals(capability.body, body)
                && capability.chain.equals(chain);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(body) + chain.hashCode();
    }

    @Override
    public String toString() {
        return "capability " + Integer.toUnsignedString(id) + " of " + subject() + " on " + network + ", "
                + rules.size() + " rules";
    }
}
