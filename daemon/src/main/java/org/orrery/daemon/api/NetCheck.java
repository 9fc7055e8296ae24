// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.IpScope;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl1.Candidate;
import org.orrery.core.vl1.NatMapping;

/** What the network around a node lets it do: judges what was found out, and names a remedy where it is bad. */
final class NetCheck {
    /** The longest datagram that nodes send. */
    static final int DATAGRAM_BYTES = 1_432;

    /** What a frame needs besides itself: packet header, extended frame, and an Ethernet header's worth of reserve. */
    private static final int FRAME_OVERHEAD_BYTES = 72;

    private static final int NETWORK_MTU_MIN = 1_280;

    private final Facts facts;
    private final List<Check> checks = new ArrayList<>();

    /** How a check ended. */
    enum State {
        OK,
        /** Nothing to worry about, or nothing that could be found out. */
        NOTE,
        TROUBLE
    }

    /**
     * One line.
     *
     * @param remedy what to do about trouble; empty if there is none
     */
    record Check(String name, State state, String text, String remedy) {}

    /**
     * A root after it was asked at every address.
     *
     * @param paths confirmed paths to it
     */
    record Root(Address address, List<Candidate> candidates, List<PeerStatus.PathStatus> paths, int latencyMillis) {
        Optional<Candidate> answering(boolean v6) {
            return candidates.stream()
                    .filter(each -> each.at().ip().v6() == v6 && each.answers())
                    .findFirst();
        }

        boolean answers() {
            return candidates.stream().anyMatch(Candidate::answers);
        }

        boolean tried(boolean v6) {
            return candidates.stream().anyMatch(each -> each.at().ip().v6() == v6 && each.tries() > 0);
        }
    }

    /**
     * What was found out.
     *
     * @param sizes datagram sizes that were tried with a root, and whether they passed both ways; empty if none could be
     */
    record Facts(
            ServiceStatus service,
            List<Root> roots,
            List<NatMapping> nat,
            List<NetworkView> networks,
            List<Size> sizes) {}

    /** A datagram of {@code bytes} of UDP payload, both ways. */
    record Size(int bytes, boolean passed) {}

    private NetCheck(Facts facts) {
        this.facts = facts;
    }

    /** In the order to read them. */
    static List<Check> of(Facts facts) {
        var check = new NetCheck(facts);
        check.udp();
        check.tcpRelay();
        check.mappings();
        check.ip6();
        check.portMapping();
        check.roots();
        check.sizes();
        check.overlay();
        return List.copyOf(check.checks);
    }

    private void add(String name, State state, String text, String remedy) {
        checks.add(new Check(name, state, text, remedy));
    }

    private void ok(String name, String text) {
        add(name, State.OK, text, "");
    }

    private void note(String name, String text) {
        add(name, State.NOTE, text, "");
    }

    private boolean anyRootAnswers() {
        return facts.roots.stream().anyMatch(Root::answers);
    }

    private void udp() {
        int port = facts.service.primaryPort();
        long answering = facts.roots.stream().filter(Root::answers).count();
        if (facts.service.node().listeningOn().isEmpty()) {
            add(
                    "UDP",
                    State.TROUBLE,
                    "this node listens on no address",
                    "give this host an address, or look at 'bind' and the blacklists in local.conf");
        } else if (facts.roots.isEmpty()) {
            note("UDP", "this node is the only root: there is no other to ask");
        } else if (answering == 0) {
            add(
                    "UDP",
                    State.TROUBLE,
                    "no root answers: nothing sent by UDP from port " + port + " comes back",
                    "let UDP from port " + port + " out, and the answers in; the addresses are those below");
        } else {
            ok("UDP", answering + " of " + facts.roots.size() + " roots answer");
        }
    }

    private void tcpRelay() {
        FallbackStatus fallback = facts.service.fallback();
        String name = "TCP relay";
        switch (fallback.state()) {
            case OFF -> note(name, fallback.because().isEmpty() ? "switched off" : "off: " + fallback.because());
            case READY -> note(name, "not needed, because UDP passes");
            case CONNECTING ->
                add(
                        name,
                        State.TROUBLE,
                        "needed and not reached" + (fallback.failure().isEmpty() ? "" : ": " + fallback.failure()),
                        "let TCP to " + fallback.relay() + " out, or name another relay or a proxy in local.conf");
            case ACTIVE -> ok(name, "carries what UDP does not, by " + fallback.relay());
            case LEAVING -> ok(name, "about to be left, because UDP passes again");
        }
    }

    private void mappings() {
        boolean mapped = mapped();
        for (NatMapping mapping : facts.nat) {
            String name = "NAT " + mapping.local();
            String seen = String.join(
                    ", ", mapping.seen().stream().map(Endpoint::toString).toList());
            String text = mapping.kind() == NatMapping.Kind.NONE
                    ? mapping.kind().text()
                    : "seen at " + seen + ": " + mapping.kind().text();
            if (mapping.kind() == NatMapping.Kind.ENDPOINT_DEPENDENT && !mapped) {
                add(
                        name,
                        State.TROUBLE,
                        text,
                        "switch on UPnP, NAT-PMP or PCP in the router, or have it pass UDP port "
                                + mapping.local().port() + " on to this host; until then only peers with an open NAT"
                                + " are reached directly");
            } else if (mapping.kind() == NatMapping.Kind.UNKNOWN) {
                note(name, text);
            } else {
                ok(name, text);
            }
        }
        if (facts.nat.isEmpty() && !facts.roots.isEmpty()) {
            note("NAT", "nobody told where this node is seen from outside");
        }
    }

    private void ip6() {
        boolean local = facts.service.node().listeningOn().stream()
                .anyMatch(each -> each.ip().v6() && each.ip().scope() == IpScope.GLOBAL);
        boolean tried = facts.roots.stream().anyMatch(root -> root.tried(true));
        boolean answered =
                facts.roots.stream().anyMatch(root -> root.answering(true).isPresent());
        if (answered) {
            ok("IPv6", "roots answer over it");
        } else if (local && tried) {
            add(
                    "IPv6",
                    State.TROUBLE,
                    "this host has a global address, and no root answers over it",
                    "let UDP out over IPv6 as over IPv4; without it peers that have only IPv6 are relayed");
        } else if (local) {
            note("IPv6", "this host has a global address; no root has one to test it with");
        } else {
            note("IPv6", "this host has no global address");
        }
    }

    /** Whether the text begins with the endpoint that the router passes on. */
    private boolean mapped() {
        return Endpoint.parse(facts.service.portMapping().split(" ", 2)[0]).isPresent();
    }

    private void portMapping() {
        String text = facts.service.portMapping();
        if (mapped()) {
            ok("port mapping", text);
        } else {
            note("port mapping", text);
        }
    }

    private void roots() {
        for (Root root : facts.roots) {
            String name = "root " + root.address();
            Optional<Candidate> answering =
                    root.answering(false).isPresent() ? root.answering(false) : root.answering(true);
            boolean tried = root.tried(false) || root.tried(true);
            if (answering.isPresent()) {
                ok(name, latency(root, answering.get()) + ", " + answering.get().at());
            } else if (!tried) {
                note(name, "not asked: this host has no address of the kind that it has");
            } else {
                String where = String.join(
                        ", ",
                        root.candidates().stream()
                                .filter(each -> each.tries() > 0)
                                .map(each -> each.at().toString())
                                .toList());
                add(
                        name,
                        State.TROUBLE,
                        "no answer from " + where,
                        anyRootAnswers()
                                ? "does it run? until it answers, nodes that know only this root are not found"
                                : "does it run, and does a firewall let UDP pass to it?");
            }
        }
    }

    private static String latency(Root root, Candidate answering) {
        return (answering.roundTripMillis() >= 0 ? answering.roundTripMillis() : root.latencyMillis()) + " ms";
    }

    private void sizes() {
        if (facts.sizes.isEmpty()) {
            return;
        }
        int longest = facts.sizes.stream()
                .filter(Size::passed)
                .mapToInt(Size::bytes)
                .max()
                .orElse(0);
        int asked = facts.sizes.stream().mapToInt(Size::bytes).max().orElse(0);
        String name = "datagrams";
        if (longest == asked) {
            ok(name, number(longest) + " bytes pass both ways, cut by IP or not");
        } else if (longest == 0) {
            note(name, "the root answered none of the sizes that were tried");
        } else {
            add(
                    name,
                    State.TROUBLE,
                    number(longest) + " bytes pass both ways, " + number(asked) + " do not",
                    longest >= NETWORK_MTU_MIN + FRAME_OVERHEAD_BYTES
                            ? "let IP fragments through, or have networks use less: orrery network set NETWORK --mtu "
                                    + (longest - FRAME_OVERHEAD_BYTES)
                            : "let IP fragments through: not even the smallest MTU of a network fits");
        }
    }

    private static String number(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private void overlay() {
        for (NetworkView view : facts.networks) {
            NetworkStatus network = view.network();
            List<Prefix> inside = new ArrayList<>();
            view.host().addresses().stream()
                    .filter(each -> each.refusal() == null)
                    .forEach(each -> inside.add(each.address()));
            view.host().routes().stream()
                    .filter(each -> each.refusal() == null && each.target().bits() > 0)
                    .forEach(each -> inside.add(each.target()));
            Optional<String> carried = carried(inside);
            if (carried.isPresent()) {
                add(
                        "overlay",
                        State.TROUBLE,
                        "network " + network.id() + " covers " + carried.get()
                                + ": its packets would run through itself",
                        "take that range out of the network's routes, or leave it: orrery leave " + network.id());
                return;
            }
        }
        ok("overlay", "no network of this node covers a root, or an address it listens on");
    }

    private Optional<String> carried(List<Prefix> inside) {
        for (Root root : facts.roots) {
            for (Candidate each : root.candidates()) {
                if (covers(inside, each.at().ip())) {
                    return Optional.of("root " + root.address() + " at " + each.at());
                }
            }
        }
        for (Endpoint local : facts.service.node().listeningOn()) {
            if (covers(inside, local.ip())) {
                return Optional.of("this host's own " + local);
            }
        }
        return Optional.empty();
    }

    private static boolean covers(List<Prefix> inside, Ip ip) {
        return inside.stream().anyMatch(prefix -> prefix.contains(ip));
    }
}
