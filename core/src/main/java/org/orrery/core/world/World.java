// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.CombinedPublicKey;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SignatureBytes;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.wire.InetCodec;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * A signed set of roots. Each revision names the key that must sign the next one, so its own signature can only be judged
 * by whoever holds the revision before. Immutable; any thread.
 *
 * <pre>
 * type u8   id u64   timestamp u64   update key (64)   signature (96)   root count u8   roots   moons only: u16 0
 * root: identity (71)   endpoint count u8   endpoints (inet)
 * </pre>
 *
 * @param type planet or moon
 * @param id by convention, of a moon, the address of its first root
 * @param timestampMillis since 1970, and the revision number; unsigned
 * @param updatesSignedBy who must sign the next revision
 * @param signature of this revision
 * @param roots at most {@link #ROOTS_MAX}
 */
public record World(
        WorldType type,
        long id,
        long timestampMillis,
        CombinedPublicKey updatesSignedBy,
        SignatureBytes signature,
        List<Root> roots) {
    /** Limit of the format. */
    public static final int ROOTS_MAX = 4;

    /** Limit of the format, for each root. */
    public static final int ENDPOINTS_MAX = 32;

    /** Header 178, four roots of 71 + 1 + 32 * 19, and the two bytes at the end of a moon: 2,900. */
    public static final int BYTES_MAX =
            178 + ROOTS_MAX * (Identity.BYTES + 1 + ENDPOINTS_MAX * InetCodec.BYTES_MAX) + 2;

    /** Surround what is signed, so that the signature fits no other kind of document. */
    private static final int SIGNED_HEAD = 0x7f;

    private static final int SIGNED_TAIL = 0xf7;
    private static final int SIGNED_FRAME_BYTES = 8;

    private static final World NONE = new World(
            WorldType.NONE,
            0,
            0,
            CombinedPublicKey.of(new byte[CombinedPublicKey.BYTES]),
            SignatureBytes.of(new byte[SignatureBytes.BYTES]),
            List.of());

    public World {
        if (roots.size() > ROOTS_MAX) {
            throw new IllegalArgumentException(roots.size() + " roots");
        }
        roots = List.copyOf(roots);
    }

    /**
     * One root.
     *
     * @param endpoints where it can be reached, at most {@link #ENDPOINTS_MAX}; may be empty
     */
    public record Root(Identity identity, List<Endpoint> endpoints) {
        public Root {
            if (endpoints.size() > ENDPOINTS_MAX) {
                throw new IllegalArgumentException(endpoints.size() + " endpoints");
            }
            endpoints = List.copyOf(endpoints);
        }
    }

    /** What a node has before it has a planet: anything replaces it. */
    public static World none() {
        return NONE;
    }

    /** The planet of the public network, as the reference 1.14.2 ships it. */
    public static World builtIn() {
        return BuiltInPlanet.WORLD;
    }

    /**
     * Makes and signs a revision. Roots are put in order of their identities, and the endpoints of each in theirs;
     * readers do not care.
     */
    public static World create(
            WorldType type,
            long id,
            long timestampMillis,
            List<Root> roots,
            CombinedPublicKey updatesSignedBy,
            SignatureKeyPair signer) {
        List<Root> sorted = roots.stream()
                .map(root -> new Root(
                        root.identity(), root.endpoints().stream().sorted().toList()))
                .sorted(Comparator.comparing(Root::identity))
                .toList();
        var unsigned = new World(type, id, timestampMillis, updatesSignedBy, NONE.signature, sorted);
        return unsigned.withSignature(SignatureBytes.of(signer.sign(unsigned.signedBytes())));
    }

    private World withSignature(SignatureBytes with) {
        return new World(type, id, timestampMillis, updatesSignedBy, with, roots);
    }

    /**
     * Reads one world; more bytes may follow. A dictionary attached to a moon is skipped, and endpoints of other kinds
     * than IPv4 and IPv6 are left out; a world that had either no longer verifies, as with the reference.
     */
    public static @Nullable World read(WireReader in) {
        WorldType type = WorldType.of(in.u8());
        if (type == null) {
            in.reject(DropReason.BAD_FIELD);
            return null;
        }
        long id = in.u64();
        long timestampMillis = in.u64();
        CombinedPublicKey updatesSignedBy = CombinedPublicKey.read(in);
        SignatureBytes signature = SignatureBytes.read(in);
        List<Root> roots = readRoots(in);
        if (type == WorldType.MOON) {
            in.skip(in.u16());
        }
        if (updatesSignedBy == null || signature == null || !in.intact()) {
            return null;
        }
        return new World(type, id, timestampMillis, updatesSignedBy, signature, roots);
    }

    private static List<Root> readRoots(WireReader in) {
        int count = in.u8();
        if (count > ROOTS_MAX) {
            in.reject(DropReason.BAD_FIELD);
        }
        List<Root> roots = new ArrayList<>(ROOTS_MAX);
        for (int i = 0; i < count && in.intact(); i++) {
            Identity identity = Identity.read(in);
            List<Endpoint> endpoints = readEndpoints(in);
            if (identity != null) {
                roots.add(new Root(identity, endpoints));
            }
        }
        return roots;
    }

    private static List<Endpoint> readEndpoints(WireReader in) {
        int count = in.u8();
        if (count > ENDPOINTS_MAX) {
            in.reject(DropReason.BAD_FIELD);
        }
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < count && in.intact(); i++) {
            Endpoint endpoint = InetCodec.read(in);
            if (endpoint != null) {
                endpoints.add(endpoint);
            }
        }
        return endpoints;
    }

    /** Reads worlds to the end; null if one is malformed. There cannot be more than the bytes allow: 178 for each. */
    public static @Nullable List<World> readAll(WireReader in) {
        List<World> worlds = new ArrayList<>();
        while (in.remaining() > 0) {
            World world = read(in);
            if (world == null) {
                return null;
            }
            worlds.add(world);
        }
        return in.intact() ? worlds : null;
    }

    public void write(WireWriter out) {
        writeHead(out);
        signature.write(out);
        writeBody(out);
    }

    /** The serialised form, as it stands in files. */
    public byte[] bytes() {
        var out = new WireWriter(BYTES_MAX);
        write(out);
        return out.toByteArray();
    }

    /** What the signature covers: everything but the signature, between two rows of marker bytes. */
    public byte[] signedBytes() {
        var out = new WireWriter(BYTES_MAX + 2 * SIGNED_FRAME_BYTES);
        out.fill(SIGNED_HEAD, SIGNED_FRAME_BYTES);
        writeHead(out);
        writeBody(out);
        out.fill(SIGNED_TAIL, SIGNED_FRAME_BYTES);
        return out.toByteArray();
    }

    private void writeHead(WireWriter out) {
        out.u8(type.code()).u64(id).u64(timestampMillis);
        updatesSignedBy.write(out);
    }

    private void writeBody(WireWriter out) {
        out.u8(roots.size());
        for (Root root : roots) {
            root.identity().write(out);
            out.u8(root.endpoints().size());
            for (Endpoint endpoint : root.endpoints()) {
                InetCodec.write(out, endpoint);
            }
        }
        if (type == WorldType.MOON) {
            out.u16(0);
        }
    }

    /** Whether {@code key} signed this revision. */
    public boolean signedBy(CombinedPublicKey key) {
        return key.verify(signedBytes(), signature.bytes());
    }

    /**
     * Whether {@code update} takes this one's place: it is of the same type and id, strictly newer, and signed by the
     * key named here. Without a world so far, anything does; whether to take a moon never seen before is the caller's
     * question.
     */
    public boolean shouldBeReplacedBy(World update) {
        if (id == 0 || type == WorldType.NONE) {
            return true;
        }
        return update.id == id
                && update.type == type
                && Long.compareUnsigned(update.timestampMillis, timestampMillis) > 0
                && update.signedBy(updatesSignedBy);
    }

    /** Whether this very identity is a root. */
    public boolean hasRoot(Identity identity) {
        return roots.stream().anyMatch(root -> root.identity().equals(identity));
    }

    /** Whether a root has this address. */
    public boolean hasRoot(Address address) {
        return roots.stream().anyMatch(root -> root.identity().address().equals(address));
    }

    /** One line for a person: type, id, revision and the addresses of the roots. */
    @Override
    public String toString() {
        Object[] addresses =
                roots.stream().map(root -> root.identity().address()).toArray();
        return type + " " + Long.toHexString(id) + " revision " + Long.toUnsignedString(timestampMillis) + " roots "
                + Arrays.toString(addresses);
    }
}
