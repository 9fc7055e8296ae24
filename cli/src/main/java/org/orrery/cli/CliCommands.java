// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.api.LocalApi.Answer;
import org.orrery.cli.api.Terminal;

/** The commands of {@link CliMain}: one request each, and lines that scripts cut at spaces. */
final class CliCommands {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private final Terminal terminal;
    private final LocalApi api;
    private final Path home;
    private final boolean json;
    private final List<String> words;

    CliCommands(Terminal terminal, LocalApi api, Path home, boolean json, List<String> words) {
        this.terminal = terminal;
        this.api = api;
        this.home = home;
        this.json = json;
        this.words = words;
    }

    /** Runs the command; the exit code. */
    int run() {
        String command = words.isEmpty() ? "" : words.getFirst();
        return switch (command) {
            case "info", "status" -> query(command, "/status", this::status);
            case "listpeers" -> query(command, "/peer", this::listPeers);
            case "peers" -> query(command, "/peer", this::peers);
            case "listnetworks" -> query(command, "/network", this::listNetworks);
            case "listmoons" -> query(command, "/moon", answer -> terminal.line(answer.indented()));
            case "listbonds" -> query(command, "/peer", this::listBonds);
            case "join", "leave" -> membership(command);
            case "set" -> set();
            case "get" -> get();
            case "orbit" -> orbit();
            case "deorbit" -> deorbit();
            case "bond" -> bond();
            case "dump" -> new CliDump(terminal, api, home).run();
            default -> command.startsWith("/") ? raw(command) : help(0);
        };
    }

    private String argument(int index) {
        // The tool keeps three words: any further one takes the third one's place.
        if (index == 2 && words.size() > 3) {
            return words.getLast();
        }
        return index < words.size() ? words.get(index) : "";
    }

    private int help(int code) {
        terminal.err().print(CliMain.helpText(terminal));
        return code;
    }

    /** One GET whose answer must be JSON. */
    private int query(String command, String path, Consumer<Json> print) {
        Answer answer = api.get(path);
        if (answer.status() == 0) {
            return noConnection(terminal, api, answer);
        }
        Json value;
        try {
            value = Json.parse(answer.body());
        } catch (Json.Malformed malformed) {
            terminal.line(answer.status() + " " + command + " invalid JSON response (" + malformed.getMessage() + ")");
            return FAILED;
        }
        if (!answer.ok()) {
            return failed(command, answer);
        }
        print.accept(value);
        return 0;
    }

    static int noConnection(Terminal terminal, LocalApi api, Answer answer) {
        terminal.line("Error connecting to the ZeroTier service: " + answer.body());
        terminal.line("");
        terminal.line("Please check that the service is running and that TCP port " + api.port()
                + " can be contacted via " + api.host() + ".");
        return FAILED;
    }

    private int failed(String command, Answer answer) {
        terminal.line(answer.status() + " " + command + " " + answer.body());
        return FAILED;
    }

    private int raw(String path) {
        Answer answer = api.get(path);
        if (!answer.ok()) {
            return failed(path, answer);
        }
        terminal.out().print(answer.body());
        return 0;
    }

    private void status(Json status) {
        if (json) {
            terminal.line(status.indented());
            return;
        }
        String state = status.at("tcpFallbackActive").isTrue()
                ? "TUNNELED"
                : status.at("online").isTrue() ? "ONLINE" : "OFFLINE";
        terminal.line("200 info " + status.at("address").text() + " "
                + status.at("version").text() + " " + state);
    }

    private void listPeers(Json peers) {
        if (json) {
            terminal.line(peers.indented());
            return;
        }
        terminal.line("200 listpeers <ztaddr> <path> <latency> <version> <role>");
        long now = terminal.clockMillis().getAsLong();
        for (Json peer : peers.items()) {
            Json path = preferredPath(peer);
            String where = path.present()
                    ? path.at("address").text() + ";" + since(now, path.at("lastSend")) + ";"
                            + since(now, path.at("lastReceive"))
                    : "-";
            terminal.line("200 listpeers " + peer.at("address").text() + " " + where + " "
                    + peer.at("latency").integer() + " " + version(peer) + " "
                    + peer.at("role").text());
        }
    }

    private void peers(Json peers) {
        if (json) {
            terminal.line(peers.indented());
            return;
        }
        terminal.line("200 peers");
        terminal.line("<ztaddr>   <ver>  <role> <lat> <link>   <lastTX> <lastRX> <path>");
        long now = terminal.clockMillis().getAsLong();
        boolean tunneled = false;
        for (Json peer : peers.items()) {
            boolean relayed = peer.at("tunneled").isTrue();
            tunneled |= relayed;
            Json path = preferredPath(peer);
            String link = "RELAY";
            if (path.present()) {
                link = (relayed ? "RELAY " : "DIRECT   ")
                        + "%-8d %-8d %s"
                                .formatted(
                                        since(now, path.at("lastSend")),
                                        since(now, path.at("lastReceive")),
                                        path.at("address").text());
            }
            terminal.line("%s %-6s %-6s %5d %s"
                    .formatted(
                            peer.at("address").text(),
                            version(peer),
                            peer.at("role").text(),
                            peer.at("latency").integer(),
                            link));
        }
        if (tunneled) {
            terminal.line("NOTE: Currently tunneling through a TCP relay. Ensure that UDP is not blocked.");
        }
    }

    private static Json preferredPath(Json peer) {
        Json preferred = Json.none();
        for (Json path : peer.at("paths").items()) {
            if (path.at("preferred").isTrue()) {
                preferred = path;
            }
        }
        return preferred;
    }

    private static long since(long now, Json time) {
        long then = time.integer();
        return then == 0 ? -1 : now - then;
    }

    private static String version(Json peer) {
        String version = peer.at("version").text();
        return version.equals("-1.-1.-1") ? "-" : version;
    }

    private void listNetworks(Json networks) {
        if (json) {
            terminal.line(networks.indented());
            return;
        }
        terminal.line("200 listnetworks <nwid> <name> <mac> <status> <type> <dev> <ZT assigned ips>");
        for (Json network : networks.items()) {
            String addresses = String.join(
                    ",",
                    network.at("assignedAddresses").items().stream()
                            .map(Json::text)
                            .toList());
            terminal.line("200 listnetworks " + network.at("nwid").text() + " "
                    + network.at("name").text() + " " + network.at("mac").text() + " "
                    + network.at("status").text() + " " + network.at("type").text() + " "
                    + network.at("portDeviceName").text() + " " + (addresses.isEmpty() ? "-" : addresses));
            if (network.at("ssoEnabled").isTrue()) {
                signOn(network);
            }
        }
    }

    private void signOn(Json network) {
        if (network.at("status").text().equals("AUTHENTICATION_REQUIRED")) {
            terminal.line(
                    "    AUTH EXPIRED, URL: " + network.at("authenticationURL").text());
        } else {
            long seconds = (network.at("authenticationExpiryTime").integer()
                            - terminal.clockMillis().getAsLong())
                    / 1000;
            terminal.line("    AUTH OK, expires in: " + seconds + " seconds");
        }
    }

    private int membership(String command) {
        String network = argument(1);
        if (network.length() != 16) {
            terminal.line("invalid network id");
            return USAGE;
        }
        String path = "/network/" + network;
        return plain(command, command.equals("join") ? api.post(path, Json.object(Map.of())) : api.delete(path));
    }

    /** Prints the answer's body with -j, else that it went well. */
    private int plain(String command, Answer answer) {
        if (!answer.ok()) {
            return failed(command, answer);
        }
        if (json) {
            terminal.out().print(answer.body());
        } else {
            terminal.line("200 " + command + " OK");
        }
        return 0;
    }

    private int set() {
        String network = argument(1);
        String assignment = argument(2);
        if (network.length() != 16) {
            terminal.complain("invalid format: must be a 16-digit (network) ID");
            return USAGE;
        }
        if (assignment.isEmpty()) {
            terminal.complain("invalid format: include a property name to set");
            return USAGE;
        }
        int equals = assignment.indexOf('=');
        if (equals < 0) {
            return help(USAGE);
        }
        String name = assignment.substring(0, equals);
        String value = assignment.substring(equals + 1);
        return switch (name) {
            case "allowManaged", "allowGlobal", "allowDefault", "allowDNS" -> {
                Json wanted = Json.of(value.startsWith("t") || value.startsWith("1"));
                Answer answer = api.post("/network/" + network, Json.object(Map.of(name, wanted)));
                if (!answer.ok()) {
                    yield failed("set", answer);
                }
                terminal.out().print(answer.body());
                yield 0;
            }
            default -> 0;
        };
    }

    private int get() {
        String network = argument(1);
        String name = argument(2);
        if (network.length() != 16) {
            terminal.complain("invalid format: must be a 16-digit (network) ID");
            return USAGE;
        }
        if (name.isEmpty()) {
            terminal.complain("invalid format: include a property name to get");
            return USAGE;
        }
        return query("get", "/network", networks -> {
            for (Json candidate : networks.items()) {
                if (candidate.at("nwid").text().equals(network)) {
                    property(candidate, name);
                    return;
                }
            }
            terminal.complain("unknown network ID, check that you are a member of the network");
        });
    }

    private void property(Json network, String name) {
        List<String> addresses = network.at("assignedAddresses").items().stream()
                .map(address -> beforeSlash(address.text()))
                .toList();
        switch (name) {
            case "ip" -> lines(addresses);
            case "ip4" ->
                lines(addresses.stream().filter(a -> a.indexOf('.') >= 0).toList());
            case "ip6" ->
                lines(addresses.stream().filter(a -> a.indexOf(':') >= 0).toList());
            case "ip6plane" -> lines(sixPlane(addresses));
            case "ip6prefix" ->
                lines(sixPlane(addresses).stream()
                        .map(a -> a.substring(0, Math.min(24, a.length())))
                        .toList());
            default ->
                terminal.line(
                        switch (network.at(name)) {
                            case Json.Text(var text) -> text;
                            case Json.Int(var number) -> number.toString();
                            case Json.Real _ -> network.at(name).compact();
                            case Json.Bool(var flag) -> flag ? "1" : "0";
                            case Json.Obj _, Json.Arr _, Json.Null _ -> "error, unknown property name";
                        });
        }
    }

    private static List<String> sixPlane(List<String> addresses) {
        return addresses.stream().filter(a -> a.startsWith("fc")).toList();
    }

    private void lines(List<String> lines) {
        terminal.line(String.join("\n", lines));
    }

    private static String beforeSlash(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? text : text.substring(0, slash);
    }

    private int orbit() {
        String world = argument(1);
        String seed = argument(2);
        if (hex(world) == 0 || hex(seed) == 0) {
            return 0;
        }
        Answer answer = api.post("/moon/" + world, Json.object(Map.of("seed", Json.of(seed))));
        if (!answer.ok()) {
            return failed("orbit", answer);
        }
        terminal.line("200 orbit OK"); // with -j too
        return 0;
    }

    private int deorbit() {
        return plain("deorbit", api.delete("/moon/" + argument(1)));
    }

    /** Leading hex digits, as leniently as the tool reads them; zero if there are none. */
    private static long hex(String text) {
        int start = text.startsWith("0x") ? 2 : 0;
        int end = start;
        while (end < text.length() && Character.digit(text.charAt(end), 16) >= 0) {
            end++;
        }
        String digits = text.substring(Math.max(start, end - 16), end);
        return digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits, 16);
    }

    private int bond() {
        String first = argument(1);
        if (first.equals("list")) {
            return query("bond", "/peer", this::listBonds);
        }
        if (first.equals("setmtu") && words.size() >= 5) {
            Answer answer = api.post(
                    "/bond/setmtu/" + words.get(2) + "/" + words.get(3) + "/" + words.get(4), Json.object(Map.of()));
            if (answer.ok()) {
                terminal.line("200 setmtu OK");
                return 0;
            }
            terminal.line(answer.status() + " Failed to set MTU: " + answer.body());
            return FAILED;
        }
        return switch (argument(2)) {
            case "show" -> query("bond", "/bond/show/" + first, this::showBond);
            case "rotate" -> {
                Answer answer = api.post("/bond/rotate/" + first, Json.object(Map.of()));
                if (!answer.ok()) {
                    yield failed("bond", answer);
                }
                if (json) {
                    terminal.out().print(answer.body());
                } else {
                    terminal.line("200 rotate OK");
                }
                yield 0;
            }
            default -> {
                terminal.line("(bond) command is missing required arguments");
                yield USAGE;
            }
        };
    }

    private void listBonds(Json peers) {
        if (json) {
            terminal.line(peers.indented());
            return;
        }
        terminal.line("    <peer>                        <bondtype>     <links>");
        boolean none = true;
        for (Json peer : peers.items()) {
            if (peer.at("isBonded").isTrue()) {
                none = false;
                terminal.line("%10s  %32s         %d/%d"
                        .formatted(
                                peer.at("address").text(),
                                peer.at("bondingPolicyStr").text(),
                                peer.at("numAliveLinks").integer(),
                                peer.at("numTotalLinks").integer()));
            }
        }
        if (none) {
            terminal.line("      NONE\t\t\t\tNONE\t    NONE       NONE");
        }
    }

    private void showBond(Json bond) {
        if (json) {
            terminal.line(bond.indented());
            return;
        }
        terminal.line("Peer                   : " + bond.at("address").text());
        terminal.line("Bond                   : " + bond.at("bondingPolicyStr").text());
        terminal.line("Link Select Method     : " + bond.at("linkSelectMethod").integer());
        terminal.line("Links                  : " + bond.at("numAliveLinks").integer() + "/"
                + bond.at("numTotalLinks").integer());
        terminal.line("Failover Interval (ms) : " + bond.at("failoverInterval").integer());
        terminal.line("Up Delay (ms)          : " + bond.at("upDelay").integer());
        terminal.line("Down Delay (ms)        : " + bond.at("downDelay").integer());
        terminal.line("Packets Per Link       : " + bond.at("packetsPerLink").integer());
        terminal.line("");
        String rule = "-".repeat(120);
        List<Json> paths = bond.at("paths").items();
        terminal.line("idx                  interface                                  path               socket"
                + "             local port");
        terminal.line(rule);
        for (int i = 0; i < paths.size(); i++) {
            Json path = paths.get(i);
            terminal.line("%2d: %26s %51s %016x %12d"
                    .formatted(
                            i,
                            path.at("ifname").text(),
                            path.at("address").text(),
                            path.at("localSocket").integer(),
                            path.at("localPort").integer()));
        }
        terminal.line("");
        terminal.line("idx     lat      pdv    capacity    qual      rx_age      tx_age  eligible  bonded   flows");
        terminal.line(rule);
        for (int i = 0; i < paths.size(); i++) {
            Json path = paths.get(i);
            terminal.line("%2d: %8.2f %8.2f %10d %7.4f %11d %11d %9d %7d %7d"
                    .formatted(
                            i,
                            path.at("latencyMean").real(),
                            path.at("latencyVariance").real(),
                            path.at("givenLinkSpeed").integer(),
                            path.at("relativeQuality").real(),
                            path.at("lastInAge").integer(),
                            path.at("lastOutAge").integer(),
                            path.at("eligible").integer(),
                            path.at("bonded").integer(),
                            path.at("assignedFlowCount").integer()));
        }
    }
}
