// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.controller.ApiResponse;
import org.orrery.core.node.Drop;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.node.NodeStatus;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.node.Version;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl1.NatMapping;
import org.orrery.core.vl1.PeerReach;
import org.orrery.core.vl1.PingResult;
import org.orrery.core.vl1.PingWay;
import org.orrery.core.vl1.RelayPolicy;
import org.orrery.core.vl1.Role;
import org.orrery.core.vl2.MulticastCut;
import org.orrery.core.vl2.Networks;
import org.orrery.core.world.World;
import org.orrery.daemon.capture.Observers;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.daemon.host.HostState;
import org.orrery.daemon.host.Refusal;
import org.orrery.daemon.json.Json;
import org.orrery.net.Offloads;
import tools.jackson.databind.JsonNode;

/** A node that remembers what it was told, with the values of the documented examples. */
final class FakeNode implements NodeControl {
    Optional<Networks.Seen> filter = Optional.empty();
    volatile List<Address> filterMembers = List.of();
    private final Observers observers = new Observers();
    static final long STARTED_MILLIS = 1795307614951L - 5000;
    static final String IDENTITY = "4f6dfb1558:0:"
            + "4cf86206903ad12803e7f40b488ec169686fd8134a16f7cb1d0cc9532756ba3d"
            + "d1ed03a67813253e47eac3176fece2c63552c0d90a5b8dacb9ade40864e6a2d9";
    static final NetworkId LABNET = new NetworkId(0x74374e38035262aaL);

    final Map<NetworkId, NetworkView> networks = new TreeMap<>();
    final List<PeerStatus> peers = new ArrayList<>();
    final Map<Long, World> moons = new TreeMap<>();
    final Set<Long> awaited = new TreeSet<>();
    final List<String> controllerCalls = new ArrayList<>();
    final Map<NetworkId, RuleCounters> ruleCounters = new TreeMap<>();
    final List<Drop> drops = new ArrayList<>();
    final Map<Address, PeerReach> reaches = new HashMap<>();
    final List<String> pings = new ArrayList<>();
    List<NatMapping> nat = List.of();

    /** Of a payload's length; null for silence. */
    Function<Integer, @Nullable PingResult> pingResult = _ -> null;

    int rootsAsked;
    boolean bonding;
    final List<String> bondCalls = new ArrayList<>();

    @Nullable
    RuntimeException failure;

    FakeNode() {
        networks.put(LABNET, labnet());
        peers.add(relayed());
        peers.add(direct());
    }

    private static NetworkView labnet() {
        NetworkStatus status = new NetworkStatus(
                LABNET,
                Mac.parse("aa:2d:3f:f8:2d:16").orElseThrow(),
                "labnet",
                NetworkStatus.State.OK,
                true,
                3000,
                false,
                true,
                5,
                List.of(prefix("fd00:1::4f:6dfb:1559/64"), prefix("10.147.20.41/24")),
                List.of(
                        new NetworkStatus.Route(prefix("10.147.20.0/24"), Optional.empty()),
                        new NetworkStatus.Route(prefix("10.99.0.0/16"), Ip.parse("10.147.20.1")),
                        new NetworkStatus.Route(prefix("fd00:1::/64"), Optional.empty())),
                List.of(
                        new MulticastGroup(Mac.parse("33:33:ff:f8:2d:16").orElseThrow(), 0),
                        new MulticastGroup(Mac.parse("01:00:5e:00:00:01").orElseThrow(), 0),
                        new MulticastGroup(Mac.parse("33:33:00:00:00:01").orElseThrow(), 0)),
                "lab.example",
                List.of(Ip.v4(10, 147, 20, 1), Ip.parse("fd00::53").orElseThrow()),
                Optional.empty(),
                MulticastCut.NONE);
        var host = new HostState(
                List.of(new HostState.Address(prefix("10.147.20.41/24"), null, "")),
                List.of(
                        new HostState.Route(prefix("10.99.0.0/16"), Ip.v4(10, 147, 20, 1), null, ""),
                        new HostState.Route(prefix("8.8.8.0/24"), null, Refusal.GLOBAL_OFF, ""),
                        new HostState.Route(prefix("172.16.0.0/12"), null, Refusal.SYSTEM, "exists")),
                HostState.Dns.off(Refusal.DNS_OFF.text(), Refusal.DNS_OFF.setting()));
        return new NetworkView(status, "ztjq2bywvj", 0, NetworkSettings.DEFAULT, host);
    }

    static NetworkStatus requesting(NetworkId id) {
        return new NetworkStatus(
                id,
                Mac.parse("02:16:9a:95:df:53").orElseThrow(),
                "",
                NetworkStatus.State.REQUESTING_CONFIGURATION,
                true,
                2800,
                false,
                false,
                0,
                List.of(),
                List.of(),
                List.of(),
                "",
                List.of(),
                Optional.of(new NetworkStatus.Wait(
                        NetworkStatus.WaitReason.NO_ROOT, "joined", 1795307614000L, 1795307614500L)),
                MulticastCut.NONE);
    }

    private static PeerStatus direct() {
        return new PeerStatus(
                Address.parse("343752eb18").orElseThrow(),
                4,
                new Version(1, 2, 0),
                1,
                Role.LEAF,
                List.of(new PeerStatus.PathStatus(
                        Endpoint.parse("10.9.0.1/9993").orElseThrow(),
                        7,
                        1795307562378L,
                        1795307562378L,
                        true,
                        true,
                        0)),
                "");
    }

    private static PeerStatus relayed() {
        return new PeerStatus(
                Address.parse("62f865ae71").orElseThrow(), 0, null, -1, Role.PLANET, List.of(), "it never answered");
    }

    static Prefix prefix(String text) {
        return Prefix.parse(text).orElseThrow();
    }

    private static List<Endpoint> endpoints(String... texts) {
        return java.util.Arrays.stream(texts)
                .map(text -> Endpoint.parse(text).orElseThrow())
                .toList();
    }

    @Override
    public boolean bonding() {
        return bonding;
    }

    @Override
    public boolean rotateBond(Address peer) {
        bondCalls.add("rotate " + peer);
        return peers.stream()
                .anyMatch(each -> each.address().equals(peer) && each.bond().isPresent());
    }

    @Override
    public boolean linkMtu(int bytes, String link, Ip remote) {
        bondCalls.add("mtu " + bytes + " " + link + " " + remote);
        return link.equals("eth0");
    }

    @Override
    public ServiceStatus status() {
        if (failure != null) {
            throw failure;
        }
        NodeStatus node = new NodeStatus(
                Address.parse("4f6dfb1558").orElseThrow(),
                IDENTITY,
                true,
                false,
                4660,
                1795307421328L,
                endpoints("10.9.0.4/9993", "10.9.0.4/39808", "fd09::4/9993"),
                endpoints("10.9.0.4/39808", "10.9.0.4/9993"),
                Map.of(DropReason.NONE, 100L, DropReason.BAD_MAC, 3L),
                Address.parse("62f865ae71"),
                new RelayPolicy(Set.of(Address.parse("62f865ae71").orElseThrow()), Set.of(), Set.of()));
        return new ServiceStatus(
                node,
                9993,
                39808,
                0,
                STARTED_MILLIS,
                ServiceStatus.Features.NONE,
                FallbackStatus.off("not offered by a fake"),
                dataPlane(),
                "switched off in local.conf");
    }

    private static DataPlane dataPlane() {
        Offloads.State on = Offloads.State.IN_FORCE;
        var socket = new DataPlane.Socket(
                Endpoint.parse("10.9.0.4/9993").orElseThrow(), "eth0", 2, on, Offloads.State.SWITCHED_OFF);
        var port = new DataPlane.Interface("ztjq2bywvj", 1, on, Offloads.State.unavailable("an old kernel"));
        return new DataPlane("linux", 2, List.of(socket), List.of(port));
    }

    @Override
    public List<World> moons() {
        return List.copyOf(moons.values());
    }

    @Override
    public MoonView orbit(long id, Optional<Address> seed) {
        if (seed.isPresent() && !moons.containsKey(id)) {
            awaited.add(id);
        }
        return new MoonView(Optional.ofNullable(moons.get(id)), awaited.contains(id));
    }

    @Override
    public boolean orbit(World moon) {
        World held = moons.get(moon.id());
        if (held != null && !held.shouldBeReplacedBy(moon)) {
            return false;
        }
        moons.put(moon.id(), moon);
        return true;
    }

    @Override
    public void deorbit(long id) {
        moons.remove(id);
        awaited.remove(id);
    }

    @Override
    public List<PeerStatus> peers() {
        return List.copyOf(peers);
    }

    @Override
    public List<NetworkView> networks() {
        return List.copyOf(networks.values());
    }

    @Override
    public Optional<PeerReach> reach(Address peer) {
        return Optional.ofNullable(reaches.get(peer));
    }

    @Override
    public List<NatMapping> natMappings() {
        return nat;
    }

    @Override
    public void ping(Address to, PingWay way, int bytes, Consumer<PingResult> done) {
        pings.add(to + " " + way + " " + bytes);
        PingResult result = pingResult.apply(bytes);
        if (result != null) {
            done.accept(result);
        }
    }

    @Override
    public boolean askRoots() {
        return ++rootsAsked > 1; // the first call comes too soon
    }

    @Override
    public Optional<RuleCounters.Snapshot> ruleCounters(NetworkId network) {
        return Optional.ofNullable(ruleCounters.get(network)).map(RuleCounters::snapshot);
    }

    @Override
    public List<Drop> drops() {
        return List.copyOf(drops);
    }

    @Override
    public NetworkView join(NetworkId id, NetworkSettings.Change change) {
        NetworkView old = networks.getOrDefault(
                id, new NetworkView(requesting(id), "zt0", 0, NetworkSettings.DEFAULT, HostState.NOTHING));
        NetworkView view = new NetworkView(
                old.network(),
                old.portDeviceName(),
                old.portError(),
                old.settings().with(change),
                old.host());
        networks.put(id, view);
        return view;
    }

    @Override
    public Optional<Networks.Seen> filter(NetworkId network, List<Address> members) {
        filterMembers = members;
        return filter;
    }

    @Override
    public Observers observers() {
        return observers;
    }

    @Override
    public boolean leave(NetworkId id) {
        return networks.remove(id) != null;
    }

    @Override
    public ApiResponse controller(String method, List<String> path, @Nullable JsonNode body) {
        controllerCalls.add(method + " " + String.join("/", path) + " " + body);
        return path.size() > 1
                ? new ApiResponse(200, Json.object(), List.of("rule 3\nis unknown"))
                : new ApiResponse(503, null, List.of());
    }
}
