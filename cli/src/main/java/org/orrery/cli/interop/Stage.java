// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Json;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.LabPlan;
import org.orrery.cli.lab.Ping;

/** A laboratory with a cast: host 1 is the root, 2 the controller, 3 to 6 the members. One thread. */
public final class Stage implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int FIRST_MEMBER = 3;
    private static final int TCP_PATIENCE_MILLIS = 1_500;

    private final Cast cast;
    private final Lab lab;
    private int networks;
    private @Nullable String joined; // until it is left: a scenario that fails leaves nothing

    private Stage(Cast cast, Lab lab) {
        this.cast = cast;
        this.lab = lab;
    }

    /** Builds it and starts all nodes; returns when all are on-line. */
    public static Stage open(Cast cast) throws Exception {
        var programs = cast.all().map(Player::program).toList();
        Lab lab = Lab.open(new LabPlan(programs.size(), programs, false));
        try {
            for (int i = 1; i <= programs.size(); i++) {
                lab.node(i).confine();
            }
            lab.start();
            return new Stage(cast, lab);
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
    public boolean plays(Cast other) {
        return cast.equals(other);
    }

    Cast cast() {
        return cast;
    }

    Lab lab() {
        return lab;
    }

    LabNode controller() {
        return lab.node(2);
    }

    /** Member 0 to 3, A to D. */
    LabNode member(int index) {
        return lab.node(FIRST_MEMBER + index);
    }

    /** As people read it in a result: the letter and the implementation. */
    String label(int member) {
        return (char) ('A' + member) + "(" + cast.members().get(member).name() + ")";
    }

    // ---------------------------------------------------------------- networks

    /** A network that members were let into, with their addresses. */
    record Joined(String id, List<String> addresses) {
        String of(int member) {
            return addresses.get(member);
        }
    }

    /** A private network with the given settings besides the usual ones; all four members are in. */
    Joined network(Map<String, Json> settings) throws Exception {
        String id = makeNetwork(settings);
        for (int i = 0; i < Cast.MEMBERS; i++) {
            controller().authorize(id, member(i), true);
        }
        return join(id);
    }

    private String makeNetwork(Map<String, Json> settings) throws Exception {
        String prefix = "10." + (100 + networks++) + ".0.";
        Map<String, Json> all = new HashMap<>(Map.of(
                "name", Json.of("interop" + networks),
                "private", Json.of(true),
                "ipAssignmentPools",
                        Json.array(Json.object(
                                Map.of("ipRangeStart", Json.of(prefix + "1"), "ipRangeEnd", Json.of(prefix + "99")))),
                "routes", Json.array(Json.object(Map.of("target", Json.of(prefix + "0/24")))),
                "v4AssignMode", Json.object(Map.of("zt", Json.of(true)))));
        all.putAll(settings);
        return controller().makeNetwork(Json.object(all));
    }

    private Joined join(String id) throws Exception {
        if (joined != null) {
            leave(joined);
        }
        joined = id;
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < Cast.MEMBERS; i++) {
            member(i).join(id);
        }
        for (int i = 0; i < Cast.MEMBERS; i++) {
            addresses.add(member(i).awaitAddresses(id, PATIENCE).getFirst());
        }
        return new Joined(id, addresses);
    }

    /** Changes a member's record at the controller. */
    void changeMember(String network, int member, String field, Json value) throws Exception {
        controller()
                .change(
                        "/controller/network/" + network + "/member/"
                                + member(member).address(),
                        Json.object(Map.of(field, value)));
    }

    void leave(String network) throws Exception {
        joined = null;
        for (int i = 0; i < Cast.MEMBERS; i++) {
            member(i).delete("/network/" + network);
        }
    }

    String device(int member, String network) throws Exception {
        return member(member).ask("/network/" + network).at("portDeviceName").text();
    }

    // ---------------------------------------------------------------- probes

    /** How long until a member answers another's ping. */
    Duration awaitPing(int from, String to, Duration limit) throws Exception {
        return Ping.untilAnswer(member(from).host(), to, limit);
    }

    boolean answers(LabHost from, String to) throws Exception {
        return from.run("ping", "-n", "-c", "1", "-W", "1", to).status() == 0;
    }

    /** How long until three pings in a row find no answer. */
    Duration awaitSilence(int from, String to, Duration limit) throws Exception {
        long begin = System.nanoTime();
        return Lab.await(label(from) + " gets no answer from " + to + " any more", limit, () -> {
            Duration silent = Duration.ofNanos(System.nanoTime() - begin);
            for (int i = 0; i < 3; i++) {
                if (answers(member(from).host(), to)) {
                    return Optional.empty();
                }
            }
            return Optional.of(silent);
        });
    }

    /** Whether a TCP connection to a port of a member comes about. */
    boolean connects(int from, int to, String address, int port) throws Exception {
        InetAddress ip = InetAddress.getByName(address);
        try (ServerSocket _ = member(to).host().inside(() -> new ServerSocket(port, 4, ip))) {
            return member(from).host().inside(() -> {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(ip, port), TCP_PATIENCE_MILLIS);
                    return true;
                } catch (IOException refused) {
                    return false;
                }
            });
        } catch (BindException notYet) {
            return false; // the address is not on the interface yet, or still being checked for duplicates
        }
    }

    /** How long until a TCP connection to a port of a member does or does not come about. */
    Duration awaitConnects(boolean wanted, int from, int to, String address, int port, Duration limit)
            throws Exception {
        long begin = System.nanoTime();
        String what = label(from) + (wanted ? " reaches" : " no longer reaches") + " port " + port + " of " + label(to);
        return Lab.await(what, limit, () -> {
            Duration taken = Duration.ofNanos(System.nanoTime() - begin);
            return connects(from, to, address, port) == wanted ? Optional.of(taken) : Optional.empty();
        });
    }

    /** What a background task found, or its failure as if it had happened here. */
    static <T> T result(CompletableFuture<T> task) throws Exception {
        try {
            return task.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Exception cause ? cause : failure;
        }
    }

    static void require(boolean fact, String expected) throws LabException {
        if (!fact) {
            throw new LabException("expected: " + expected);
        }
    }

    // ---------------------------------------------------------------- rules as JSON

    static Json rules(Json... rules) {
        return Json.array(Arrays.asList(rules));
    }

    static Json rule(String type) {
        return Json.object(Map.of("type", Json.of(type)));
    }

    static Json rule(String type, Map<String, Json> fields) {
        Map<String, Json> all = new HashMap<>(fields);
        all.put("type", Json.of(type));
        return Json.object(all);
    }

    static Json accept() {
        return rule("ACTION_ACCEPT");
    }

    static Json ipProtocol(int protocol) {
        return rule("MATCH_IP_PROTOCOL", Map.of("ipProtocol", Json.of(protocol)));
    }

    static Json etherType(int etherType) {
        return rule("MATCH_ETHERTYPE", Map.of("etherType", Json.of(etherType)));
    }

    static String seconds(Duration time) {
        return String.format(java.util.Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }
}
