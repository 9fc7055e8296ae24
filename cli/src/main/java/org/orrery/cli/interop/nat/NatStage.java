// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop.nat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.orrery.cli.api.Json;
import org.orrery.cli.interop.Player;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.LabPlan;
import org.orrery.cli.lab.ProgramResult;

/**
 * A root, which is also the controller, in the open, and two members A and B of its network, each behind a router of its
 * own. Beside the root there is a TCP relay at the address that nodes ask by default. One thread.
 */
public final class NatStage implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String TCP_RELAY = "204.80.128.1";
    private static final int ROOT = 1;
    private static final int FIRST_SITE = 2;
    private static final int SITES = 2;

    /** So many pairs get addresses of their own. */
    private static final int PAIRS_MAX = 60;

    /** Of the node's first port, towards other nodes' first ports or what routers made of them: receiver, port outside. */
    private static final Pattern MAPPING = Pattern.compile("udp +17 .* src=192\\.168\\S+ dst=(\\S+) sport=" + Lab.PORT
            + " dport=\\d+ .*src=\\S+ dst=\\S+ sport=\\d+ dport=(\\d+)");

    private static final Json SETTINGS =
            Json.object(Map.of("portMappingEnabled", Json.of(false), "softwareUpdate", Json.of("disable")));

    private final NatCast cast;
    private final Lab lab;
    private final List<LabHost> routers;
    private String network = "";
    private int pairs;

    private NatStage(NatCast cast, Lab lab, List<LabHost> routers) {
        this.cast = cast;
        this.lab = lab;
        this.routers = List.copyOf(routers);
    }

    /** Builds it and starts the root; the members are started with each pair of routers. */
    public static NatStage open(NatCast cast) throws Exception {
        var programs = cast.all().map(Player::program).toList();
        Lab lab = Lab.open(new LabPlan(programs.size(), programs, false, LabPlan.GLOBAL_NET));
        try {
            LabHost open = lab.host(ROOT);
            open.output("ip", "addr", "add", TCP_RELAY + "/32", "dev", "lo");
            lab.node(ROOT).confine();
            lab.node(ROOT).start();
            lab.startOrrery(open, lab.file("tcp-relay.log"), "tcp-relay", "--listen", TCP_RELAY + ":443");
            var stage = new NatStage(
                    cast, lab, List.of(lab.router(lab.host(FIRST_SITE)), lab.router(lab.host(FIRST_SITE + 1))));
            for (LabHost router : stage.routers) {
                router.output("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
            }
            stage.makeNetwork();
            return stage;
        } catch (Exception failure) {
            lab.close();
            throw failure;
        }
    }

    @Override
    public void close() throws IOException {
        lab.close();
    }

    /** Whether it is being taken away: whatever fails then is no news. */
    public boolean closed() {
        return lab.closed();
    }

    /** Whether this cast is on it. */
    public boolean plays(NatCast other) {
        return cast.equals(other);
    }

    /** Whether both members are of this build. */
    boolean ownMembers() {
        return cast.members().stream().allMatch(Player::own);
    }

    NatCast cast() {
        return cast;
    }

    /** Member 0 or 1, A or B. */
    LabNode member(int index) {
        return lab.node(FIRST_SITE + index);
    }

    /** As people read it in a result: the letter and the implementation. */
    String label(int member) {
        return (char) ('A' + member) + "(" + cast.members().get(member).name() + ")";
    }

    private void makeNetwork() throws Exception {
        network = lab.node(ROOT)
                .makeNetwork(Json.object(Map.of(
                        "name", Json.of("nat"),
                        "private", Json.of(false),
                        "ipAssignmentPools",
                                Json.array(Json.object(Map.of(
                                        "ipRangeStart", Json.of("10.90.0.1"), "ipRangeEnd", Json.of("10.90.0.99")))),
                        "routes", Json.array(Json.object(Map.of("target", Json.of("10.90.0.0/24")))),
                        "v4AssignMode", Json.object(Map.of("zt", Json.of(true))))));
    }

    /**
     * Puts both members behind such routers, at addresses that were not used before, and starts them without memory of
     * peers.
     *
     * @param mtu of the routers' way out
     * @return the address of B in the network
     */
    String settle(Nat a, Nat b, int mtu) throws Exception {
        pairs++;
        if (pairs > PAIRS_MAX) {
            throw new IllegalStateException("too many pairs");
        }
        List<Nat> kinds = List.of(a, b);
        for (int i = 0; i < SITES; i++) {
            if (member(i).runs()) {
                member(i).stop();
            }
            forgetPeers(member(i).home());
            member(i).configure(SETTINGS);
            plug(i, kinds.get(i), mtu);
        }
        for (int i = 0; i < SITES; i++) {
            member(i).start();
        }
        for (int i = 0; i < SITES; i++) {
            member(i).join(network);
        }
        String address = "";
        for (int i = 0; i < SITES; i++) {
            address =
                    member(i).awaitAddresses(network, PATIENCE.plusSeconds(60)).getFirst();
        }
        return address;
    }

    private void plug(int site, Nat nat, int mtu) throws Exception {
        LabHost router = routers.get(site);
        LabHost host = member(site).host();
        String inside = "192.168." + (FIRST_SITE + site) + ".";
        String outside = router.net() + (FIRST_SITE + site + SITES * pairs);
        router.output("ip", "addr", "flush", "dev", Lab.DEVICE);
        router.output("ip", "addr", "flush", "dev", Lab.INSIDE_DEVICE);
        host.output("ip", "addr", "flush", "dev", Lab.INSIDE_DEVICE);
        router.output("ip", "link", "set", Lab.DEVICE, "mtu", "" + mtu);
        router.output("ip", "addr", "add", outside + "/24", "dev", Lab.DEVICE);
        router.output("ip", "addr", "add", inside + "1/24", "dev", Lab.INSIDE_DEVICE);
        router.output("ip", "route", "replace", "default", "via", lab.host(ROOT).ip4());
        host.output("ip", "addr", "add", inside + (10 + pairs) + "/24", "dev", Lab.INSIDE_DEVICE);
        host.output("ip", "route", "replace", "default", "via", inside + "1");
        Path table = lab.file("router" + site + ".nft");
        Files.writeString(table, nat.table(inside + (10 + pairs), outside));
        router.output("nft", "-f", table.toString());
    }

    private static void forgetPeers(Path home) throws IOException {
        Path peers = home.resolve("peers.d");
        if (Files.exists(peers)) {
            try (Stream<Path> content = Files.walk(peers)) {
                for (Path file : content.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** A pings five times a second until the process is ended. */
    Process startPing(String target) throws IOException {
        return lab.start(member(0).host(), "ping", "-n", "-i", "0.2", target);
    }

    /**
     * Whether a router gave the node's port to all that it spoke to, or another one to each; empty if it spoke to one alone,
     * or if this kernel does not tell.
     */
    Optional<Boolean> keepsPorts(int site) throws Exception {
        ProgramResult table = routers.get(site).run("cat", "/proc/net/nf_conntrack");
        if (table.status() != 0) {
            return Optional.empty();
        }
        Set<String> spokenTo = new HashSet<>();
        Set<String> outside = new HashSet<>();
        MAPPING.matcher(table.output()).results().forEach(mapping -> {
            spokenTo.add(mapping.group(1));
            outside.add(mapping.group(2));
        });
        return spokenTo.size() < 2 ? Optional.empty() : Optional.of(outside.size() == 1);
    }

    boolean overTcpRelay(int site) throws Exception {
        return member(site).ask("/status").at("tcpFallbackActive").isTrue();
    }
}
