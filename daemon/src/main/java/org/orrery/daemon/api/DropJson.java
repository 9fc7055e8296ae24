// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.Drop;
import org.orrery.core.rules.RuleText;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /orrery/drops}: the last packets and frames that went no further. */
final class DropJson {
    private DropJson() {}

    /** In the order given. */
    static ArrayNode list(List<Drop> drops) {
        ArrayNode json = Json.array();
        drops.forEach(drop -> json.add(of(drop)));
        return json;
    }

    private static ObjectNode of(Drop drop) {
        ObjectNode json = Json.object();
        json.put("advice", advice(drop));
        json.put("destination", address(drop, drop.destination(), drop.destinationPort()));
        json.put("direction", drop.inbound() ? "in" : "out");
        json.put("etherType", drop.etherType() < 0 ? null : RuleText.etherType(drop.etherType()));
        json.put("id", drop.id());
        json.put("network", drop.network() == 0 ? null : new NetworkId(drop.network()).toString());
        json.put("peer", drop.peer() == 0 ? null : new Address(drop.peer()).toString());
        json.put("protocol", drop.protocol() < 0 ? null : RuleText.protocol(drop.protocol()));
        json.put("reason", drop.reason().name());
        if (drop.table() == null || drop.rule() < 0) {
            json.putNull("rule");
        } else {
            json.put("rule", drop.rule() + 1);
        }
        json.put("skipped", drop.skipped());
        json.put("source", address(drop, drop.source(), drop.sourcePort()));
        json.put("text", text(drop));
        json.put("time", drop.millis());
        return json;
    }

    private static @Nullable String address(Drop drop, @Nullable Ip ip, int port) {
        if (ip == null) {
            return null;
        }
        return drop.ports() ? new Endpoint(ip, port).toString() : ip.toString();
    }

    /** What happened, in a sentence without its end. */
    static String text(Drop drop) {
        if (drop.table() == null) {
            return drop.reason().text();
        }
        if (drop.rule() < 0) {
            return "dropped because no rule of the network's table lets it pass, nor a capability of "
                    + (drop.inbound() ? "the sender that this node was shown" : "this node");
        }
        return "dropped by rule " + (drop.rule() + 1) + " of the network's table: "
                + RulesJson.statement(drop.table().rules(), drop.rule());
    }

    /** What to do about it; empty if there is nothing to do here. */
    static String advice(Drop drop) {
        return switch (drop.reason()) {
            case RULES_INBOUND, RULES_OUTBOUND ->
                drop.rule() < 0
                        ? "to let it pass, add an accept rule, or give the sender a capability, on the controller"
                        : "to let it pass, put an accept rule in front of that one, on the controller";
            case NOT_A_MEMBER ->
                "authorize the sender on the controller; if it is, its configuration may be hours behind: check clocks";
            case FRAME_TOO_LONG ->
                "the interface's MTU is above the network's: set it back, or raise the network's mtu";
            case TOO_MANY_PIECES -> "the other node is too old for frames that long: lower the network's mtu to 2800";
            case NO_CONFIGURATION, NOT_JOINED ->
                "wait until the network is ready: 'orrery networks' shows what it waits for";
            case NOT_A_BRIDGE, NO_BRIDGE -> "allow the bridge on the controller: activeBridge of the member";
            case MULTICAST_DISABLED -> "raise the network's multicastLimit on the controller";
            case BROADCAST_DISABLED -> "switch enableBroadcast on, on the controller";
            case BAD_MAC -> "if it happens often: two nodes share one identity, or packets are altered on their way";
            case SOURCE_LIMIT ->
                "a flood from there, or hundreds of new nodes behind one NAT: they are let in one after another";
            case STRANGERS_LIMIT -> "a flood, or thousands of new nodes at once: they are let in one after another";
            case CONTROL_BUSY -> "the node has more to do than this machine can: look for a flood or a faster machine";
            case PROTOCOL_TOO_OLD -> "update the other node";
            case NOT_A_RELAY, NO_WAY_TO_RELAY -> "only roots relay: check which planet the other nodes use";
            case IDENTITY_COLLISION -> "another node claims the same address: give one of them a new identity";
            case BLACKLISTED -> "to let it in, take the blacklist from local.conf: 'orrery config' shows it";
            case REPLAYED -> "harmless; if there are many, somebody sends recordings, or the network doubles packets";
            case UNTRUSTED_PATH ->
                "both nodes need the sender's network with the same trustedPathId in local.conf: 'orrery config' shows this one's";
            default -> "";
        };
    }
}
