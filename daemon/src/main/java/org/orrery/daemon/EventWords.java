// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An event in words.
 *
 * @param kind what it concerns: {@code node}, {@code peer}, {@code network} and so on
 * @param subject which one: an address, an ID, a name; empty for the node itself
 * @param text what happened, a sentence without a full stop
 */
public record EventWords(String kind, String subject, String text) {
    /** Keys whose values are sentences: everything up to the end of the line. */
    private static final List<String> SENTENCES = List.of("text", "reason", "fault");

    /** The first of these that a line has names its subject. */
    private static final List<String> SUBJECTS =
            List.of("network", "peer", "root", "local", "address", "name", "id", "interface", "setting", "file");

    /** Of events whose own noun is not what a person would look for. */
    private static final Map<String, String> KINDS = Map.ofEntries(
            Map.entry("path", "peer"),
            Map.entry("bond", "peer"),
            Map.entry("search", "peer"),
            Map.entry("relay", "root"),
            Map.entry("planet", "root"),
            Map.entry("moon", "root"),
            Map.entry("socket", "address"),
            Map.entry("tcp_relay", "relay"),
            Map.entry("udp", "relay"),
            Map.entry("tunnel", "network"),
            Map.entry("portmap", "port"),
            Map.entry("local_conf", "config"),
            Map.entry("service", "node"),
            Map.entry("identity", "node"),
            Map.entry("member", "network"),
            Map.entry("multicast", "network"));

    private static final Map<String, String> TEXTS = Map.ofEntries(
            Map.entry("node.online", "on-line: a root answers"),
            Map.entry("node.offline", "off-line: no root answers any more"),
            Map.entry(
                    "node.moved",
                    "roots see this node at {seen} now: it changed its network, all paths are tried anew"),
            Map.entry("node.woke", "did not run for {after_ms} ms, as after a sleep: all paths are tried anew"),
            Map.entry("path.up", "reached directly at {via}"),
            Map.entry("path.tunnelled", "reached at {via} through the TCP relay"),
            Map.entry("path.back", "answers again at {via}"),
            Map.entry("path.failed", "does not answer at {via} any more"),
            Map.entry("tcp_relay.up", "TCP relay {relay} carries what UDP does not"),
            Map.entry("tcp_relay.down", "TCP relay {relay} lost: {reason}"),
            Map.entry("tcp_relay.failed", "TCP relay {relay} not reached: {reason}"),
            Map.entry("udp.blocked", "UDP does not pass, {text}: the TCP relay is used"),
            Map.entry("udp.back", "UDP passes again; the TCP relay is left soon"),
            Map.entry("tunnel.up", "all traffic of this host goes into its network now"),
            Map.entry("tunnel.down", "traffic of this host goes its own way again"),
            Map.entry(
                    "tunnel.left", "routing rules {rules} for table {table} left behind: the next start removes them"),
            Map.entry("path.down", "no direct path any more, relayed over {relay}: {reason}"),
            Map.entry("path.lost", "not reached any more, not over a root either: {reason}"),
            Map.entry("path.rerouted", "relayed over {relay} from now on, in place of {was}: it answers there"),
            Map.entry("path.idle", "direct path let go: nothing was exchanged for minutes"),
            Map.entry("path.mtu", "datagrams of up to {bytes} bytes pass both ways, via {via}"),
            Map.entry("search.begun", "search for a common port begun: {sockets} sockets send to {at}"),
            Map.entry("search.found", "common port found: this node's socket on port {port} is kept for it"),
            Map.entry("search.failed", "no common port found, with {sockets} sockets; the next search is later"),
            Map.entry("search.declined", "not helped to search for a port at {at}: {reason}"),
            Map.entry("search.sockets", "a search has {open} sockets, the system refused more: {reason}"),
            Map.entry("search.refused", "no search for a common port, the system refused sockets: {reason}"),
            Map.entry("bond.up", "bonded, {policy}, over {over}"),
            Map.entry("bond.links", "bond uses {over} now"),
            Map.entry("bond.failover", "bond goes over {now} in place of {was}, at {via}: {reason}"),
            Map.entry("bond.refused", "not bonded: {reason}"),
            Map.entry("bond.down", "bonded no more: {reason}"),
            Map.entry("relay.changed", "relays from now on, in place of {was}"),
            Map.entry("network.joined", "joined; the controller is asked for the configuration"),
            Map.entry("network.configured", "ready: configuration of revision {revision} is in force"),
            Map.entry("network.refused", "not ready: {text}"),
            Map.entry("network.left", "left"),
            Map.entry("planet.updated", "the planet has a new revision: its roots are used from now on"),
            Map.entry("moon.awaited", "moon waited for, from {seed}"),
            Map.entry("moon.taken", "moon with {roots} roots in use"),
            Map.entry("moon.left", "moon left"),
            Map.entry("identity.created", "new identity made"),
            Map.entry("identity.collision", "another node uses this address with another key: make a new identity"),
            Map.entry("member.revoked", "the membership of {member} was revoked"),
            Map.entry("socket.open", "listens on {local} of {device}"),
            Map.entry("socket.closed", "listens on {local} no more"),
            Map.entry("socket.refused", "cannot listen on {local}: {reason}"),
            Map.entry("interface.up", "interface {name} made"),
            Map.entry("interface.down", "interface {name} taken away"),
            Map.entry("interface.failed", "no interface: {reason}"),
            Map.entry("address.added", "{address} set on {interface}"),
            Map.entry("route.added", "route to {target} set on {interface}"),
            Map.entry("portmap.granted", "a port is passed on to this node: {text}"),
            Map.entry("portmap.none", "no port is passed on to this node: {text}"),
            Map.entry("config.reloaded", "a new version of {file} was read"),
            Map.entry("config.kept", "{file} refused, the version before stays in force: {fault}"),
            Map.entry("config.problem", "{file} at {at}: {text}"),
            Map.entry("config.restart_needed", "{setting} changes at the next start: {in_force} now, {wanted} then"),
            Map.entry("dns.refused", "name servers not set: {reason}"),
            Map.entry("state.lost", "{objects} of what is kept in {folder} not written before the end"),
            Map.entry("dns.left", "name servers left in {file}: {text}"),
            Map.entry("local_conf.applied", "the new local.conf is in force"),
            Map.entry("api.listening", "the API listens on port {port}, {on}"),
            Map.entry(
                    "api.not_opened",
                    "the API stays on loopback: {reason}; free port {port} on all addresses and restart the service"),
            Map.entry(
                    "api.not_listening",
                    "nobody can reach the API: {reason}; free port {port}, which is tried every ten seconds"),
            Map.entry("service.started", "started on port {port}, home {home}"),
            Map.entry("service.stopping", "stops on {signal}"),
            Map.entry("service.stopped", "stopped"));

    /** Reads a line {@code subject.verb key=value key=value}; any other line is its own text. */
    public static EventWords of(String line) {
        int space = line.indexOf(' ');
        String event = space < 0 ? line : line.substring(0, space);
        int dot = event.indexOf('.');
        if (dot < 0) {
            return new EventWords("other", "", line);
        }
        Map<String, String> values = values(space < 0 ? "" : line.substring(space + 1));
        String noun = event.substring(0, dot);
        String kind = KINDS.getOrDefault(noun, noun);
        String subject = SUBJECTS.stream()
                .filter(values::containsKey)
                .findFirst()
                .map(values::get)
                .orElse("");
        String template = TEXTS.get(event);
        return new EventWords(kind, subject, template == null ? plain(event, values) : filled(template, values));
    }

    private static Map<String, String> values(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        String key = "";
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf(' ', at);
            String word = text.substring(at, end < 0 ? text.length() : end);
            int equals = word.indexOf('=');
            if (equals > 0 && word.substring(0, equals).matches("[a-z_0-9]+")) {
                key = word.substring(0, equals);
                if (SENTENCES.contains(key)) {
                    values.put(key, text.substring(at + equals + 1));
                    return values;
                }
                values.put(key, word.substring(equals + 1));
            } else if (!key.isEmpty()) {
                values.merge(key, word, (before, more) -> before + " " + more);
            }
            at = end < 0 ? text.length() : end + 1;
        }
        return values;
    }

    private static String filled(String template, Map<String, String> values) {
        String text = template;
        for (Map.Entry<String, String> each : values.entrySet()) {
            text = text.replace("{" + each.getKey() + "}", each.getValue());
        }
        return text.replaceAll("\\{[a-z_0-9]+}", "?");
    }

    /** Of what nobody wrote a sentence for: the event's own name and what it says. */
    private static String plain(String event, Map<String, String> values) {
        var text = new StringBuilder(event.replace('.', ' ').replace('_', ' '));
        String separator = ": ";
        for (Map.Entry<String, String> each : values.entrySet()) {
            boolean sentence = SENTENCES.contains(each.getKey());
            text.append(separator).append(sentence ? "" : each.getKey() + " ").append(each.getValue());
            separator = ", ";
        }
        return text.toString();
    }
}
