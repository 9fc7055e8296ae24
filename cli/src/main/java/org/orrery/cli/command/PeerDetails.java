// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import org.orrery.cli.api.Json;
import org.orrery.cli.api.Table;
import org.orrery.cli.api.Terminal;

/** Shows one peer: how it is reached, why not otherwise, and where it was looked for. */
final class PeerDetails {
    /** What the node calls the TCP relay among its sockets. */
    private static final long TUNNEL_SOCKET = -1;

    private final Terminal terminal;
    private final long nowMillis;

    PeerDetails(Terminal terminal) {
        this.terminal = terminal;
        this.nowMillis = terminal.clockMillis().getAsLong();
    }

    void print(Json peer) {
        Json own = peer.at("orrery");
        line("address", peer.at("address").text());
        line("role", peer.at("role").text());
        line("version", version(peer, own));
        if (own.at("direct").present()) {
            way(peer, own);
        }
        long latency = peer.at("latency").integer(-1);
        if (latency >= 0) {
            line("latency", latency + " ms");
        }
        long datagrams = own.at("datagramBytes").integer();
        if (datagrams < own.at("datagramBytesFull").integer()) {
            line("datagrams", "up to " + datagrams + " bytes: longer ones are lost on the way");
        }
        if (peer.at("isBonded").isTrue()) {
            bond(peer, own.at("bond"));
        }
        String name = "this node";
        for (Json nat : own.at("nat").items()) {
            line(name, nat(nat));
            name = "";
        }
        if (!peer.at("paths").items().isEmpty()) {
            terminal.line("");
            paths(peer.at("paths"), peer.at("isBonded").isTrue());
        }
        if (!own.at("candidates").items().isEmpty()) {
            terminal.line("");
            candidates(own.at("candidates"));
        }
    }

    private static String version(Json peer, Json own) {
        String version = peer.at("version").text();
        if (version.startsWith("-1")) {
            return "not known: it has said nothing yet";
        }
        return version
                + (own.at("protocol").present()
                        ? ", protocol " + own.at("protocol").integer() + ", cipher suite "
                                + own.at("suite").integer()
                                + (own.at("refusesReplays").isTrue() ? ", recordings are refused" : "")
                        : "");
    }

    private void way(Json peer, Json own) {
        String since = ", for " + Ages.since(nowMillis, own.at("since").integer());
        if (own.at("direct").isTrue()) {
            String at = "";
            for (Json path : peer.at("paths").items()) {
                if (path.at("preferred").isTrue()) {
                    boolean tunnel = path.at("localSocket").integer() == TUNNEL_SOCKET;
                    at = path.at("address").text() + (tunnel ? ", through the TCP relay" : "");
                }
            }
            line("reached", "directly at " + at + since);
            return;
        }
        String relay = own.at("relay").text();
        boolean root = !peer.at("role").text().equals("LEAF");
        line(
                "reached",
                (relay.isEmpty()
                                ? "not at all" + (root ? "" : ": no root that may relay answers")
                                : "over root " + relay)
                        + since);
        line("because", own.at("relayedBecause").text());
    }

    private void bond(Json peer, Json own) {
        String base = peer.at("bondingPolicyStr").text();
        String name = own.at("policy").text();
        long failovers = own.at("failovers").integer();
        line(
                "bond",
                (name.isEmpty() || name.equals(base) ? base : name + " (" + base + ")") + ": "
                        + own.at("meaning").text());
        line(
                "",
                peer.at("numAliveLinks").integer() + " of "
                        + peer.at("numTotalLinks").integer()
                        + " links work, failover within "
                        + peer.at("failoverInterval").integer() + " ms, for "
                        + Ages.since(nowMillis, own.at("since").integer())
                        + (failovers == 0 ? "" : ", changed the link " + times(failovers)));
    }

    /** One local socket. */
    static String nat(Json nat) {
        String seen = NetworkDetails.texts(nat.at("seen")).replace(",", ", ");
        boolean none = nat.at("kind").text().equals("NONE");
        return nat.at("local").text()
                + (none ? ": " : ", seen at " + seen + ": ")
                + nat.at("text").text();
    }

    private void paths(Json paths, boolean bonded) {
        if (bonded) {
            links(paths);
            return;
        }
        var table = new Table("PATH", "STATE", "HEARD", "SENT");
        for (Json path : paths.items()) {
            String state = path.at("preferred").isTrue()
                    ? "in use"
                    : path.at("expired").isTrue() ? "silent" : "ready";
            table.add(
                    path.at("address").text(),
                    state,
                    ago(path.at("lastReceive").integer()),
                    ago(path.at("lastSend").integer()));
        }
        table.print(terminal);
    }

    private void links(Json paths) {
        var table = new Table("LINK", "PATH", "STATE", "LATENCY", "HEARD", "SENT");
        for (Json path : paths.items()) {
            double latency = path.at("latencyMean").real();
            table.add(
                    path.at("ifname").text(),
                    path.at("address").text(),
                    path.at("orrery").at("state").text(),
                    latency <= 0 ? "" : "%.1f ms".formatted(latency),
                    ago(path.at("lastReceive").integer()),
                    ago(path.at("lastSend").integer()));
            table.note(path.at("orrery").at("because").text());
        }
        table.print(terminal);
    }

    private void candidates(Json candidates) {
        var table = new Table("LOOKED FOR AT", "NAMED BY", "TRIED", "LAST", "ANSWERED");
        for (Json candidate : candidates.items()) {
            String refused = candidate.at("refusedBecause").text();
            long roundTrip = candidate.at("roundTrip").integer(-1);
            String answered = ago(candidate.at("lastAnswered").integer())
                    + (candidate.at("answers").isTrue() && roundTrip >= 0 ? " (" + roundTrip + " ms)" : "");
            table.add(
                    candidate.at("address").text(),
                    candidate.at("sourceText").text(),
                    refused.isEmpty() ? times(candidate.at("tries").integer()) : "no",
                    ago(candidate.at("lastTried").integer()),
                    refused.isEmpty() ? answered : "");
            if (!refused.isEmpty()) {
                table.note("not used: " + refused);
            }
        }
        table.print(terminal);
    }

    private static String times(long number) {
        return number == 0 ? "no" : number == 1 ? "once" : number + " times";
    }

    private String ago(long millis) {
        String age = Ages.since(nowMillis, millis);
        return millis <= 0 ? age : age + " ago";
    }

    private void line(String name, String value) {
        terminal.line(name + " ".repeat(11 - name.length()) + value);
    }
}
