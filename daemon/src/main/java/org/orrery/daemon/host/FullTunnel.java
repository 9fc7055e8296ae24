// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.host;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import org.orrery.daemon.home.HomeFolder;
import org.orrery.net.Ports;
import org.orrery.net.Route;
import org.orrery.net.RoutingRule;
import org.orrery.net.RoutingRuleTable;

/**
 * The rules that lead a host's packets into the table in which a network's default route lies. In this order: packets from
 * the host's own addresses go as before, so that whoever talks to it from outside keeps its answers; packets to places
 * that the host has routes for, other than its default, go as before; and the rest goes to the table, but for what the
 * node's own sockets send.
 *
 * <p>The rules are the only thing that outlives the process if it is killed. They then lead to an empty table, which
 * changes nothing, and the next start removes them: which ones, it knows from a note in the home folder that is written
 * before the first of them is made. Control lane only, but for {@link #left}.
 */
public final class FullTunnel implements AutoCloseable {
    /** Tables that nodes of one host share out among themselves, one each. */
    static final int TABLE_FIRST = 9993;

    static final int TABLES = 16;

    /** Before the host's own rules for its main table, after what a person would add with a small number. */
    static final int PRIORITY_FIRST = 30_000;

    private static final int PRIORITIES = 10;
    private static final int FROM = 0;
    private static final int SPECIFIC = 1;
    private static final int REST = 2;

    private static final String NOTE = "tunnel.rules";
    private static final Logger LOG = System.getLogger("org.orrery.daemon.host");

    private final RoutingRuleTable rules;
    private final HomeFolder home;
    private volatile int number = -1;
    private volatile boolean noted;
    private String told = "";

    /** @param home where the note is kept */
    public FullTunnel(RoutingRuleTable rules, HomeFolder home) {
        this.rules = rules;
        this.home = home;
    }

    /** Removes what a killed process left. */
    public void recover() {
        try {
            Optional<byte[]> note = home.note(NOTE);
            if (note.isEmpty()) {
                return;
            }
            number = number(new String(note.get(), StandardCharsets.UTF_8).strip());
            noted = true;
            int left = number < 0 ? 0 : present().size();
            keep(List.of());
            LOG.log(Level.INFO, "tunnel.recovered rules=" + left);
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "tunnel.not_recovered reason=" + failure.getMessage());
        }
    }

    private static int number(String note) {
        for (int i = 0; i < TABLES; i++) {
            if (note.equals("table=" + (TABLE_FIRST + i))) {
                return i;
            }
        }
        return -1;
    }

    /** The table for default routes, 0 if this host has no rules or no table is free. */
    public int table() {
        if (number < 0) {
            try {
                number = free(rules.routingRules());
            } catch (IOException failure) {
                tell("tunnel.no_table reason=" + failure.getMessage());
            }
        }
        return number < 0 ? 0 : TABLE_FIRST + number;
    }

    private static int free(List<RoutingRule> present) {
        for (int i = 0; i < TABLES; i++) {
            int table = TABLE_FIRST + i;
            int first = priority(i, FROM);
            boolean used = present.stream()
                    .anyMatch(rule ->
                            rule.table() == table || rule.priority() >= first && rule.priority() < first + PRIORITIES);
            if (!present.isEmpty() && !used) {
                return i;
            }
        }
        return -1;
    }

    private static int priority(int number, int step) {
        return PRIORITY_FIRST + number * PRIORITIES + step;
    }

    /**
     * Brings the rules in line; also puts back what somebody removed.
     *
     * @param v4 whether a default route for IPv4 is in the table
     * @param v6 likewise
     * @param own the host's addresses, on which it may be talked to from outside
     */
    public void keep(boolean v4, boolean v6, Collection<Ip> own) {
        if (!v4 && !v6 && !noted) {
            return;
        }
        List<RoutingRule> wanted = new ArrayList<>();
        if (table() != 0) {
            for (boolean family : new boolean[] {false, true}) {
                if (family ? v6 : v4) {
                    wanted.addAll(wanted(family, own));
                }
            }
        }
        try {
            keep(wanted);
            told = "";
        } catch (IOException failure) {
            tell("tunnel.rules_failed reason=" + failure.getMessage());
        }
    }

    private List<RoutingRule> wanted(boolean v6, Collection<Ip> own) {
        List<RoutingRule> wanted = new ArrayList<>();
        for (Ip ip : own) {
            if (ip.v6() == v6) {
                var from = new Prefix(ip, ip.width());
                wanted.add(new RoutingRule(v6, priority(number, FROM), Route.MAIN_TABLE, from, 0, false));
            }
        }
        wanted.add(new RoutingRule(v6, priority(number, SPECIFIC), Route.MAIN_TABLE, null, 0, true));
        wanted.add(new RoutingRule(v6, priority(number, REST), table(), null, Ports.UNDERLAY_MARK, false));
        return wanted;
    }

    private void keep(List<RoutingRule> wanted) throws IOException {
        if (!wanted.isEmpty() && !noted) {
            home.saveNote(NOTE, ("table=" + table() + "\n").getBytes(StandardCharsets.UTF_8));
            noted = true;
            LOG.log(Level.INFO, "tunnel.up table=" + table());
        }
        List<RoutingRule> present = number < 0 ? List.of() : present();
        for (RoutingRule rule : present.reversed()) {
            if (!wanted.contains(rule)) {
                rules.removeRoutingRule(rule);
            }
        }
        for (RoutingRule rule : wanted) {
            if (!present.contains(rule)) {
                rules.addRoutingRule(rule);
            }
        }
        if (wanted.isEmpty() && noted) {
            home.deleteNote(NOTE);
            noted = false;
            LOG.log(Level.INFO, "tunnel.down");
        }
    }

    /** The rules of this node's number, in the order in which they are asked. */
    private List<RoutingRule> present() throws IOException {
        return rules.routingRules().stream()
                .filter(rule -> rule.priority() >= priority(number, FROM) && rule.priority() <= priority(number, REST))
                .toList();
    }

    private void tell(String line) {
        if (!line.equals(told)) {
            told = line;
            LOG.log(Level.WARNING, line);
        }
    }

    /** Removes the rules. */
    @Override
    public void close() {
        keep(false, false, List.of());
    }

    /** Any thread: which rules there still are, as a log line says it; empty if there are none. */
    public String left() {
        int mine = number;
        return noted && mine >= 0
                ? "rules=" + priority(mine, FROM) + "-" + priority(mine, REST) + " table=" + (TABLE_FIRST + mine)
                : "";
    }
}
