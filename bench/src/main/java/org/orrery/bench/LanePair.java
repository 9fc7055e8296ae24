// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SecureGenerator;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.netconf.ConfigForm;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.node.ControlLink;
import org.orrery.core.node.DataLane;
import org.orrery.core.node.LaneOutput;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.verb.Hello;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.ReplayGuard;
import org.orrery.core.vl2.ConfigRequests;
import org.orrery.core.vl2.Network;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireWriter;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;
import org.orrery.sim.SimHost;
import org.orrery.sim.VirtualInternet;

/**
 * The data lanes of two nodes that are members of one network. The nodes meet in a virtual internet, where time then stands
 * still; what the lanes send goes straight into the other one. Anything but an ordinary frame is a fault. One thread.
 */
final class LanePair {
    private static final int LANE = 1;
    private static final int SOCKET = 1;
    private static final int ETHERNET_BYTES = 14;
    private static final int ETHER_TYPE = 0x0800;
    private static final long PATIENCE_MILLIS = 60_000;
    private static final long SEED = 1;

    /** The newest protocol whose nodes are sent suite 1, and the first of those that are sent suite 3. */
    private static final PeerVersion OLDER = new PeerVersion(9, 1, 2, 0);

    private static final PeerVersion NEWER = new PeerVersion(12, 1, 14, 2);

    private static final int SUITE_AUTHENTICATED = 0;

    private final VirtualInternet internet = new VirtualInternet(SEED);
    private final Side left;
    private final Side right;

    LanePair(int suite, int frameBytes) {
        SecretIdentity first = Identities.first();
        SecretIdentity second = Identities.second();
        World planet = planet(first);
        SimHost rootHost = host("left", first, planet, 1);
        SimHost host = host("right", second, planet, 2);
        rootHost.start();
        host.start();
        var network = new NetworkId(rootHost.address().bits() << 24 | 1);
        join(rootHost, network, 1);
        join(host, network, 2);
        var ping = rootHost.stack(network).ping(host.stack(network).address(false), 20, 100);
        if (!internet.runUntil(() -> ping.received() == 20, PATIENCE_MILLIS)) {
            throw new IllegalStateException("the nodes did not meet: " + ping);
        }
        PeerVersion version = suite == PacketCipher.SUITE_SALSA ? OLDER : NEWER;
        introduce(version, first, rootHost, second, host);
        introduce(version, second, host, first, rootHost);
        internet.runFor(1);
        left = new Side(rootHost, network);
        right = new Side(host, network);
        left.prepare(right, suite, frameBytes);
        right.prepare(left, suite, frameBytes);
    }

    private static World planet(SecretIdentity root) {
        try (SignatureKeyPair signer = SignatureKeyPair.generate(new SecureRandom())) {
            var roots = List.of(new World.Root(root.identity(), List.of(new Endpoint(ip(1), 9993))));
            return World.create(WorldType.PLANET, 4242, 1_790_000_000_000L, roots, signer.publicKey(), signer);
        }
    }

    private static Ip ip(int number) {
        return Ip.v4(50, number, 0, 1);
    }

    private SimHost host(String name, SecretIdentity identity, World planet, int number) {
        return internet.host(name, identity, planet, ConfigRequests.NONE, List.of(ip(number)));
    }

    /** As if a controller in the node had configured it: public, everything passes. */
    private static void join(SimHost host, NetworkId network, int number) {
        host.join(network);
        host.control((node, now) -> {
            byte[] config = NetworkConfig.builder(network, host.address())
                    .type(NetworkConfig.Type.PUBLIC)
                    .timestamp(now)
                    .credentialTimeMaxDeltaMillis(7_200_000)
                    .revision(1)
                    .flags(NetworkConfig.FLAG_BROADCAST)
                    .multicastLimit(32)
                    .mtu(NetworkConfig.MTU_DEFAULT)
                    .rules(RuleTable.ACCEPT_ALL)
                    .staticIps(List.of(new Prefix(Ip.v4(10, 144, 0, number), 24)))
                    .build()
                    .write(ConfigForm.of(12));
            node.configured(network, Objects.requireNonNull(config, "too large"), now);
        });
    }

    /** Lets {@code to} believe that {@code from} is another program of this version: that decides the suite. */
    private void introduce(
            PeerVersion version, SecretIdentity from, SimHost fromHost, SecretIdentity to, SimHost toHost) {
        Endpoint destination = toHost.endpoint(0);
        var hello = new Hello(version, internet.nowMillis(), from.identity(), destination, 0, 0, List.of(), null);
        var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        hello.write(body);
        byte[] payload = body.toByteArray();
        var packet = new byte[PacketHeader.BYTES + payload.length];
        PacketHeader.write(
                packet,
                0,
                fromHost.nextPacketId(toHost),
                to.identity().address().bits(),
                from.identity().address().bits(),
                Verb.HELLO.id());
        System.arraycopy(payload, 0, packet, PacketHeader.BYTES, payload.length);
        try (var key = Objects.requireNonNull(from.agree(to.identity()), "agreed");
                var cipher = new PacketCipher(key)) {
            int tail = hello.maskedOffset();
            cipher.maskHelloTail(packet, 0, tail, packet.length - tail);
            cipher.seal(SUITE_AUTHENTICATED, packet, 0, packet.length);
        }
        internet.inject(fromHost.endpoint(0), toHost, destination, packet);
    }

    /** One frame each way; how many arrived in all. */
    long thereAndBack() {
        left.send();
        right.send();
        return left.delivered + right.delivered;
    }

    /** A packet from the left is numbered, and its number taken on the right. */
    long number() {
        long id = left.peer().nextPacketId(LANE);
        if (right.peer().guard().take(LANE, id) != ReplayGuard.Place.NEW) {
            throw new IllegalStateException("not taken");
        }
        return id;
    }

    /** One end: a node's lane, the frame it sends, and what comes in. */
    private final class Side implements LaneOutput, ControlLink {
        private final SimHost host;
        private final Endpoint endpoint;
        private final DataLane lane;
        private final Network network;
        private final byte[] datagram = new byte[PacketHeader.PACKET_BYTES_MAX];
        private final long nowMillis = internet.nowMillis();
        private @Nullable Side other;
        private @Nullable Peer peer;
        private byte[] template = {};
        private byte[] frame = {};
        long delivered;

        Side(SimHost host, NetworkId id) {
            this.host = host;
            this.endpoint = host.endpoint(0);
            this.network = Objects.requireNonNull(host.node().networks().find(id.bits()), "joined");
            this.lane = new DataLane(
                    LANE,
                    host.address().bits(),
                    host.node().peers(),
                    host.node().networks(),
                    host.node()::upstream,
                    new SecureGenerator(new SecureRandom()),
                    this,
                    this);
        }

        void prepare(Side to, int suite, int frameBytes) {
            other = to;
            Address address = to.host.address();
            Peer found = Objects.requireNonNull(host.node().peers().find(address.bits()), "met");
            if (!found.guard().guards()) {
                throw new IllegalStateException("packets that come again are not refused");
            }
            peer = found;
            if (found.suite() != suite || found.best() == null) {
                throw new IllegalStateException("suite " + found.suite() + (found.best() == null ? ", no path" : ""));
            }
            template = new byte[DataLane.HEADROOM_BYTES + frameBytes];
            frame = new byte[template.length];
            BigEndian.setU48(template, DataLane.HEADROOM_BYTES, to.network.mac());
            BigEndian.setU48(template, DataLane.HEADROOM_BYTES + 6, network.mac());
            template[DataLane.HEADROOM_BYTES + ETHERNET_BYTES - 2] = (byte) (ETHER_TYPE >>> 8);
            template[DataLane.HEADROOM_BYTES + ETHERNET_BYTES] = 0x45;
        }

        Peer peer() {
            return Objects.requireNonNull(peer);
        }

        void send() {
            System.arraycopy(template, 0, frame, 0, template.length);
            int length = template.length - DataLane.HEADROOM_BYTES;
            DropReason reason = lane.frame(network, frame, DataLane.HEADROOM_BYTES, length, false, nowMillis);
            if (reason != DropReason.NONE) {
                throw new IllegalStateException("sending ended with " + reason);
            }
        }

        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            Side receiver = Objects.requireNonNull(other);
            System.arraycopy(bytes, offset, receiver.datagram, 0, length);
            DropReason reason = receiver.lane.datagram(SOCKET, endpoint, receiver.datagram, 0, length, nowMillis);
            if (reason != DropReason.NONE && reason != DropReason.FRAGMENT_HELD) {
                throw new IllegalStateException("receiving ended with " + reason);
            }
        }

        @Override
        public void deliver(long network, byte[] bytes, int offset, int length) {
            delivered++;
        }

        @Override
        public boolean packet(Inbound packet) {
            throw new IllegalStateException("not an ordinary frame");
        }

        @Override
        public boolean frame(long network, byte[] bytes) {
            throw new IllegalStateException("not between known members");
        }

        @Override
        public boolean heardElsewhere(Peer peer, int socket, Endpoint remote) {
            throw new IllegalStateException("heard from elsewhere");
        }

        @Override
        public boolean heardRelayed(Peer peer, int socket, Endpoint from) {
            return false;
        }

        @Override
        public boolean relayed(long source, long destination) {
            throw new IllegalStateException("relayed");
        }

        @Override
        public boolean relayRequest(int socket, Endpoint from, byte[] bytes) {
            throw new IllegalStateException("for others");
        }
    }
}
