// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.rules.RuleCounters.Count;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl2.MulticastCut;

/**
 * {@code /metrics} in the text format of Prometheus. Written by hand because the names that tools know, such as {@code
 * zt_packet}, are counters without the ending that the usual library gives to every counter.
 */
final class MetricsText {
    /** Version 0.0.4 of the format, under the plain type that tools know here. */
    static final String CONTENT_TYPE = "text/plain";

    private final StringBuilder text = new StringBuilder();

    private MetricsText() {}

    /** @param rules of each joined network that has a configuration */
    static String of(
            ServiceStatus service,
            List<NetworkView> networks,
            List<PeerStatus> peers,
            Map<NetworkId, RuleCounters.Snapshot> rules) {
        var metrics = new MetricsText();
        metrics.networks(networks);
        metrics.peers(peers);
        metrics.packets(service);
        metrics.rules(new TreeMap<>(rules));
        return metrics.text.toString();
    }

    private void networks(List<NetworkView> networks) {
        family("zt_num_networks", "gauge", "number of networks this instance is joined to");
        sample("zt_num_networks", "", networks.size());
        List<NetworkView> sorted = networks.stream()
                .sorted(Comparator.comparing(view -> view.network().id()))
                .toList();
        if (!sorted.isEmpty()) {
            String name = "zt_network_multicast_groups_subscribed";
            family(name, "gauge", "number of multicast groups networks are subscribed to");
            sorted.forEach(view -> sample(
                    name,
                    label("network_id", view.network().id().toString()),
                    view.network().subscriptions().size()));
            multicastCut(
                    sorted,
                    "orrery_multicast_cut_total",
                    "multicasts that the network's limit kept from some of their recipients",
                    MulticastCut::multicasts);
            multicastCut(
                    sorted,
                    "orrery_multicast_cut_recipients_total",
                    "recipients that multicasts did not reach for the network's limit",
                    MulticastCut::recipients);
        }
    }

    private void multicastCut(List<NetworkView> sorted, String name, String help, ToLongFunction<MulticastCut> number) {
        family(name, "counter", help);
        sorted.forEach(view -> sample(
                name,
                label("network_id", view.network().id().toString()),
                number.applyAsLong(view.network().multicastCut())));
    }

    private void peers(List<PeerStatus> peers) {
        if (peers.isEmpty()) {
            return;
        }
        family("zt_peer_path_count", "gauge", "number of paths to peer");
        peers.stream()
                .sorted(Comparator.comparingLong(peer -> peer.address().bits()))
                .forEach(peer -> {
                    long alive = peer.paths().stream()
                            .filter(PeerStatus.PathStatus::alive)
                            .count();
                    String node = label("node_id", peer.address().toString());
                    sample("zt_peer_path_count", node + "," + label("status", "alive"), alive);
                    sample(
                            "zt_peer_path_count",
                            node + "," + label("status", "dead"),
                            peer.paths().size() - alive);
                });
    }

    private void packets(ServiceStatus service) {
        String name = "orrery_packets_total";
        family(name, "counter", "packets and frames by what became of them; all reasons but a few are drops");
        service.node()
                .packets()
                .forEach((reason, count) -> sample(
                        name,
                        label("lost", reason.lost() ? "yes" : "no") + "," + label("reason", reason.name()),
                        count));
    }

    private void rules(Map<NetworkId, RuleCounters.Snapshot> rules) {
        if (rules.isEmpty()) {
            return;
        }
        String name = "orrery_rule_decisions_total";
        family(name, "counter", "frames by the rule that decided; rule end: none did, and the frame was dropped");
        rules.forEach((network, snapshot) -> {
            String of = label("network_id", network.toString());
            actions(name, of, "network", snapshot.base());
            sample(name, of + "," + label("rule", "end") + "," + label("table", "network"), snapshot.end());
            for (RuleCounters.OfCapability each : snapshot.capabilities()) {
                actions(name, of, "cap " + Integer.toUnsignedString(each.id()), each.rules());
            }
        });
    }

    private void actions(String name, String network, String table, List<Count> counts) {
        for (int i = 0; i < counts.size(); i++) {
            if (counts.get(i).rule().action()) {
                String labels = network + "," + label("rule", Integer.toString(i + 1)) + "," + label("table", table);
                sample(name, labels, counts.get(i).times());
            }
        }
    }

    private void family(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void sample(String name, String labels, long value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ').append(value).append('\n');
    }

    /** Values are numbers, addresses and names: nothing in them needs escaping. */
    private static String label(String name, String value) {
        return name + "=\"" + value + "\"";
    }
}
