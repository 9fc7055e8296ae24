// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.dns;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.orrery.core.value.Ip;

/**
 * The text of a {@code resolv.conf} with lines of joined networks, between marks that name the node. The servers come
 * first, because resolvers ask in order and take the first answer; the search list comes last, because the last one
 * counts. Pure functions.
 */
final class ResolvConfText {
    /** As many as common resolvers read. */
    static final int SERVERS_MAX = 3;

    static final int DOMAINS_MAX = 6;

    private static final String UNFINISHED = ", after a line without an end";

    private ResolvConfText() {}

    private static String begin(String node) {
        return "# begin orrery " + node;
    }

    private static String end(String node) {
        return "# end orrery " + node;
    }

    /** The servers that find room: the first of each network, then the others, and one of the host's own stays in use. */
    static List<Ip> chosen(String base, List<NetworkDns> networks) {
        int room = SERVERS_MAX - (words(base, "nameserver").isEmpty() ? 0 : 1);
        Set<Ip> chosen = new LinkedHashSet<>();
        int longest =
                networks.stream().mapToInt(each -> each.servers().size()).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            for (NetworkDns each : networks) {
                if (i < each.servers().size() && chosen.size() < room) {
                    chosen.add(each.servers().get(i));
                }
            }
        }
        return List.copyOf(chosen);
    }

    /** {@code base}, which has no lines of {@code node}, with those of {@code networks}; unchanged if there are none. */
    static String with(String base, String node, List<NetworkDns> networks) {
        if (networks.isEmpty()) {
            return base;
        }
        var text = new StringBuilder();
        text.append(begin(node)).append("\n# Name servers of joined networks; taken out when the node stops.\n");
        chosen(base, networks)
                .forEach(server -> text.append("nameserver ").append(server).append('\n'));
        text.append(end(node)).append('\n').append(base);
        boolean unfinished = !base.isEmpty() && !base.endsWith("\n");
        text.append(unfinished ? "\n" : "").append(begin(node)).append(unfinished ? UNFINISHED : "");
        text.append('\n');
        Set<String> domains = new LinkedHashSet<>();
        List<String> own = searched(base);
        domains.addAll(own);
        networks.forEach(each -> domains.add(each.domain()));
        text.append("search ")
                .append(String.join(
                        " ",
                        domains.stream()
                                .limit(Math.max(DOMAINS_MAX, own.size()))
                                .toList()))
                .append('\n');
        text.append(end(node)).append('\n');
        return text.toString();
    }

    /** {@code text} without the lines of {@code node}: what {@link #with} was given, if nobody changed it since. */
    static String without(String text, String node) {
        var kept = new StringBuilder();
        var held = new StringBuilder();
        boolean inside = false;
        boolean joined = false;
        for (String line : lines(text)) {
            String bare = line.strip();
            if (!inside && (bare.equals(begin(node)) || bare.equals(begin(node) + UNFINISHED))) {
                inside = true;
                joined = bare.endsWith(UNFINISHED) && kept.toString().endsWith("\n");
                kept.setLength(kept.length() - (joined ? 1 : 0));
                held.append(line);
            } else if (inside) {
                held.append(line);
                if (bare.equals(end(node))) {
                    inside = false;
                    held.setLength(0);
                }
            } else {
                kept.append(line);
            }
        }
        // A mark without its end: somebody cut the file. What follows is not known to be ours.
        if (inside) {
            kept.append(joined ? "\n" : "");
            lines(held.toString()).stream().skip(1).forEach(kept::append);
        }
        return kept.toString();
    }

    /** The lines, each with its end. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int at = text.indexOf('\n', from);
            int to = at < 0 ? text.length() : at + 1;
            lines.add(text.substring(from, to));
            from = to;
        }
        return lines;
    }

    /** What the last {@code search} or {@code domain} line names. */
    private static List<String> searched(String text) {
        List<String> domains = List.of();
        for (String line : text.lines().toList()) {
            List<String> words = List.of(line.strip().split("\\s+"));
            if (words.getFirst().equals("search") || words.getFirst().equals("domain")) {
                domains = words.subList(1, words.size());
            }
        }
        return domains;
    }

    /** The first word after {@code key} of each line that begins with it. */
    static List<String> words(String text, String key) {
        return text.lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 1 && words[0].equals(key))
                .map(words -> words[1])
                .toList();
    }
}
