// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SharedKey;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;

/** The peers of a node. Looking one up, and the relay to use, is for any thread; changing the table is the control lane's. */
public final class Peers {
    /** A root of a planet for tens of thousands of nodes; some 3 kB each. When full, strangers heard longest ago yield. */
    static final int PEERS_MAX = 65_536;

    private final SecretIdentity self;
    private final int lanes;
    private final RandomGenerator random;
    private final int maximum;
    private final LongTable<Peer> table;
    private final PeersInUse used;
    private final List<Peer> upstreams = new ArrayList<>();
    private Set<Long> knownToNumber = Set.of();
    private volatile @Nullable Peer relay;
    private volatile RelayPolicy policy = RelayPolicy.NONE;
    private volatile PathPolicy pathPolicy = PathPolicy.NONE;

    /** @param random strong: from it come the sessions in which packets to each peer are numbered */
    Peers(SecretIdentity self, int lanes, RandomGenerator random) {
        this(self, lanes, random, PEERS_MAX);
    }

    Peers(SecretIdentity self, int lanes, RandomGenerator random, int maximum) {
        this.self = self;
        this.lanes = lanes;
        this.random = random;
        this.maximum = maximum;
        this.table = new LongTable<>(maximum);
        this.used = new PeersInUse(peer -> table.find(peer.address()) == peer);
    }

    /** Any thread. */
    public @Nullable Peer find(long address) {
        return table.find(address);
    }

    /** Any thread: the root that carries what has no direct path, unless more is known; null while there is none. */
    public @Nullable Peer relay() {
        return relay;
    }

    /** Any thread: the root that carries what goes to {@code peer} while it has no direct path; null while there is none. */
    public @Nullable Peer relayFor(Peer peer) {
        Peer own = peer.relay();
        Peer root = own != null && own.best() != null ? own : relay;
        return root == peer ? null : root;
    }

    /** Whether {@code root} may and can carry for others now. Control lane only. */
    boolean carries(Peer root, long nowMillis) {
        Path path = root.best();
        return root.upstream() && policy.allows(root.address()) && path != null && path.alive(nowMillis);
    }

    /** The root that a path between these ends leads to; null if none does. Control lane only. */
    @Nullable
    Peer rootAt(int socket, Endpoint remote) {
        for (Peer root : upstreams) {
            if (root.pathOf(socket, remote) != null) {
                return root;
            }
        }
        return null;
    }

    /** Any thread: whether frames go over direct paths or not at all. */
    public boolean framesOnlyDirect() {
        return policy.directOnly();
    }

    /** Any thread: what the owner wants of paths. */
    public PathPolicy pathPolicy() {
        return pathPolicy;
    }

    /** From now on {@code policy} holds; paths that it excludes are gone. Control lane only. */
    void pathPolicy(PathPolicy policy, long nowMillis) {
        pathPolicy = policy;
        table.forEach(peer -> peer.heed(policy, nowMillis));
        chooseRelay(nowMillis);
    }

    /**
     * Adds a peer, or answers the one there is: an address is never taken over by another identity. Null if the
     * identity is our own, or no key can be agreed with it.
     */
    @Nullable
    Peer add(Identity identity, long nowMillis) {
        long address = identity.address().bits();
        Peer known = table.find(address);
        if (known != null) {
            return known;
        }
        if (identity.address().equals(self.identity().address())) {
            return null;
        }
        SharedKey key = self.agree(identity);
        if (key == null) {
            return null;
        }
        Peer peer = peer(identity, key, lanes, nowMillis);
        if (knownToNumber.contains(address)) {
            peer.guard().await();
        }
        boolean fits = table.put(address, peer);
        if (!fits && makeRoom(nowMillis)) {
            fits = table.put(address, peer);
        }
        return fits ? peer : null;
    }

    /** Addresses of which an earlier run knew that they number their packets. */
    void knownToNumber(Set<Long> addresses) {
        knownToNumber = Set.copyOf(addresses);
        addresses.forEach(address -> {
            Peer peer = table.find(address);
            if (peer != null) {
                peer.guard().await();
            }
        });
    }

    private Peer peer(Identity identity, SharedKey key, int lanes, long nowMillis) {
        return new Peer(identity, key, lanes, self.identity().address().bits(), random, used, nowMillis);
    }

    /** Somebody who is answered once and not kept. */
    Peer passing(Identity identity, SharedKey key, long nowMillis) {
        return peer(identity, key, 1, nowMillis);
    }

    /** What decides who yields; lanes go on changing it in the peer itself while we sort. */
    private record Leaf(long address, boolean trusted, long heardMillis) {}

    /** Forgets a sixteenth of the leaves: strangers before members, and of each those heard longest ago. */
    private boolean makeRoom(long nowMillis) {
        List<Leaf> leaves = new ArrayList<>();
        table.forEach(peer -> {
            if (!peer.upstream()) {
                long heardMillis = Math.max(peer.createdMillis, peer.lastReceiveMillis());
                leaves.add(new Leaf(peer.address(), peer.trusted(nowMillis), heardMillis));
            }
        });
        leaves.sort(Comparator.comparing(Leaf::trusted).thenComparingLong(Leaf::heardMillis));
        leaves.stream().limit(Math.max(1, maximum / 16)).forEach(leaf -> table.remove(leaf.address));
        return !leaves.isEmpty();
    }

    /**
     * Makes exactly {@code roots} the upstreams; they are added where missing and never expire. An address that is known
     * with another key stays an ordinary peer.
     */
    void upstreams(Map<Identity, Role> roots, long nowMillis) {
        upstreams.forEach(peer -> peer.role = Role.LEAF);
        upstreams.clear();
        roots.forEach((root, role) -> {
            Peer peer = add(root, nowMillis);
            if (peer != null && peer.identity().equals(root)) {
                peer.role = role;
                upstreams.add(peer);
            }
        });
        chooseRelay(nowMillis);
    }

    /** The roots of the planet and of moons but this node itself. Control lane only. */
    public List<Peer> upstreams() {
        return upstreams;
    }

    /** Says which roots may and should carry what has no direct path. */
    void relayPolicy(RelayPolicy policy, long nowMillis) {
        this.policy = policy;
        chooseRelay(nowMillis);
    }

    RelayPolicy relayPolicy() {
        return policy;
    }

    /**
     * Prefers roots that are up, then those that the policy prefers, then short round trips. The one in use stays unless
     * another is clearly better, so that traffic does not go to and fro between equals. Peers whose own relay carries no
     * more have this one at once.
     */
    void chooseRelay(long nowMillis) {
        Peer found = upstreams.stream()
                .filter(peer -> policy.allows(peer.address()))
                .min(Comparator.<Peer>comparingInt(peer -> standing(peer, nowMillis))
                        .thenComparingLong(peer -> relayCost(peer, nowMillis))
                        .thenComparing(Peer::address, Comparator.reverseOrder()))
                .orElse(null);
        Peer current = relay;
        boolean keep = found != null
                && current != null
                && upstreams.contains(current)
                && policy.allows(current.address())
                && standing(current, nowMillis) == standing(found, nowMillis)
                && relayCost(current, nowMillis) <= relayCost(found, nowMillis) * 3 / 2 + 10;
        relay = keep ? current : found;
        table.forEach(peer -> {
            Peer own = peer.relay();
            if (own != null && !carries(own, nowMillis)) {
                peer.relay(null);
            }
        });
    }

    /** Lower is better: up and preferred, up, silent, without any path. */
    private int standing(Peer peer, long nowMillis) {
        Path path = peer.best();
        if (path == null) {
            return 3;
        }
        if (!path.alive(nowMillis)) {
            return 2;
        }
        return policy.prefers(peer.address()) ? 0 : 1;
    }

    private static long relayCost(Peer peer, long nowMillis) {
        int latency = peer.latencyMillis();
        long silent = Math.clamp(nowMillis - peer.lastReceiveMillis(), 0, Peer.ALIVE_MILLIS);
        return (latency < 0 ? 65_535L : latency + 1) * (silent / 61_000 + 1);
    }

    /** When anybody was last heard directly over UDP, {@code Long.MIN_VALUE / 2} if nobody was. Control lane only. */
    long heardOverUdpMillis() {
        long[] last = {Long.MIN_VALUE / 2};
        table.forEach(peer -> {
            for (Path path : peer.paths()) {
                if (!path.tunnelled() && path.lastInMillis() - last[0] > 0) {
                    last[0] = path.lastInMillis();
                }
            }
        });
        return last[0];
    }

    /** UDP does not pass any more: no path over it is used until it answers. Control lane only. */
    void udpBlocked(long nowMillis) {
        table.forEach(peer -> {
            for (Path path : peer.paths()) {
                if (!path.tunnelled()) {
                    path.fail();
                }
            }
            peer.choose(nowMillis);
        });
        chooseRelay(nowMillis);
    }

    /** Forgets leaves that were not heard for long. */
    void expire(long nowMillis) {
        List<Peer> gone = new ArrayList<>();
        table.forEach(peer -> {
            boolean idle = !peer.alive(nowMillis) && nowMillis - peer.createdMillis >= Peer.ALIVE_MILLIS;
            if (idle && !peer.upstream()) {
                gone.add(peer);
            }
        });
        gone.forEach(peer -> table.remove(peer.address()));
    }

    /** Those that something is going on with. Control lane only. */
    PeersInUse used() {
        return used;
    }

    void forEach(java.util.function.Consumer<Peer> visitor) {
        table.forEach(visitor);
    }

    /** In order of address. */
    List<Peer> sorted() {
        List<Peer> all = new ArrayList<>(table.size());
        table.forEach(all::add);
        all.sort(Comparator.comparing(peer -> new Address(peer.address())));
        return all;
    }

    int size() {
        return table.size();
    }
}
