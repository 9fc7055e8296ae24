// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import org.orrery.daemon.home.HomeFolder;
import org.orrery.net.Route;
import org.orrery.net.RoutingRule;
import org.orrery.net.RoutingRuleTable;

class FullTunnelTest {
    private static final List<Ip> OWN =
            List.of(Ip.v4(192, 0, 2, 7), Ip.parse("2001:db8::7").orElseThrow());

    @TempDir
    Path folder;

    private final Rules rules = new Rules();
    private HomeFolder home;

    /** A host's rules; it may fail, and notes the order of changes. */
    private final class Rules implements RoutingRuleTable {
        final List<RoutingRule> present = new ArrayList<>();
        final List<String> changes = new ArrayList<>();
        boolean noteWasThere = true;
        int additionsLeft = Integer.MAX_VALUE;
        boolean keepsRules;

        Rules() {
            present.add(new RoutingRule(false, 0, 255, null, 0, false));
            present.add(new RoutingRule(false, 32_766, Route.MAIN_TABLE, null, 0, false));
        }

        @Override
        public List<RoutingRule> routingRules() {
            return present.stream()
                    .sorted(Comparator.comparingInt(RoutingRule::priority))
                    .toList();
        }

        @Override
        public void addRoutingRule(RoutingRule rule) throws IOException {
            noteWasThere &= home.note("tunnel.rules").isPresent();
            if (additionsLeft-- <= 0) {
                throw new IOException("no more");
            }
            present.add(rule);
            changes.add("+" + rule.priority());
        }

        @Override
        public void removeRoutingRule(RoutingRule rule) throws IOException {
            if (keepsRules) {
                throw new IOException("not now");
            }
            present.remove(rule);
            changes.add("-" + rule.priority());
        }
    }

    @BeforeEach
    void open() throws Exception {
        home = HomeFolder.open(folder);
    }

    @AfterEach
    void close() throws Exception {
        home.close();
    }

    @Test
    void saysWhichRulesAreLeftIfTheyCannotBeTakenBack() {
        var tunnel = new FullTunnel(rules, home);
        tunnel.keep(true, false, OWN);
        rules.keepsRules = true;
        tunnel.close();
        assertThat(tunnel.left()).isEqualTo("rules=30000-30002 table=9993");
        rules.keepsRules = false;
        tunnel.close();
        assertThat(tunnel.left()).isEmpty();
    }

    @Test
    void leadsAllButMarkedPacketsToTheTableAndTakesItBack() throws Exception {
        List<RoutingRule> before = List.copyOf(rules.present);
        var tunnel = new FullTunnel(rules, home);
        tunnel.recover();
        tunnel.keep(false, false, OWN);
        assertThat(rules.changes).isEmpty();
        assertThat(tunnel.table()).isEqualTo(9993);

        tunnel.keep(true, false, OWN);
        assertThat(rules.present.subList(2, rules.present.size()))
                .containsExactly(
                        new RoutingRule(false, 30_000, Route.MAIN_TABLE, new Prefix(OWN.getFirst(), 32), 0, false),
                        new RoutingRule(false, 30_001, Route.MAIN_TABLE, null, 0, true),
                        new RoutingRule(false, 30_002, 9993, null, 9993, false));
        assertThat(rules.noteWasThere).as("the note is written first").isTrue();

        tunnel.keep(true, true, OWN);
        assertThat(rules.present).hasSize(8);
        rules.changes.clear();
        tunnel.keep(true, true, OWN);
        assertThat(rules.changes).as("nothing to do").isEmpty();

        tunnel.close();
        assertThat(rules.present).isEqualTo(before);
        assertThat(rules.changes).as("what leads into the table goes first").startsWith("-30002", "-30002");
        assertThat(home.note("tunnel.rules")).isEmpty();
    }

    @Test
    void followsTheHostsAddressesAndPutsBackWhatWasRemoved() {
        var tunnel = new FullTunnel(rules, home);
        tunnel.keep(true, false, OWN);
        tunnel.keep(true, false, List.of(Ip.v4(192, 0, 2, 8)));
        assertThat(rules.present)
                .anyMatch(rule -> rule.from() != null && rule.from().ip().equals(Ip.v4(192, 0, 2, 8)))
                .noneMatch(rule -> rule.from() != null && rule.from().ip().equals(OWN.getFirst()));
        rules.present.removeIf(rule -> rule.priority() == 30_002);
        tunnel.keep(true, false, List.of(Ip.v4(192, 0, 2, 8)));
        assertThat(rules.present).anyMatch(rule -> rule.priority() == 30_002);
    }

    @Test
    void theNextStartRemovesWhatAKilledOneLeft() throws Exception {
        List<RoutingRule> before = List.copyOf(rules.present);
        new FullTunnel(rules, home).keep(true, true, OWN);
        assertThat(rules.present).hasSizeGreaterThan(before.size());

        var next = new FullTunnel(rules, home);
        next.recover();
        assertThat(rules.present).isEqualTo(before);
        assertThat(home.note("tunnel.rules")).isEmpty();
        assertThat(next.table()).isEqualTo(9993);
    }

    @Test
    void halfMadeRulesAreRemovedToo() throws Exception {
        List<RoutingRule> before = List.copyOf(rules.present);
        rules.additionsLeft = 2;
        new FullTunnel(rules, home).keep(true, true, OWN);
        new FullTunnel(rules, home).recover();
        assertThat(rules.present).isEqualTo(before);
    }

    @Test
    void nodesOfOneHostHaveTablesOfTheirOwn() {
        new FullTunnel(rules, home).keep(true, false, OWN);
        assertThat(new FullTunnel(rules, home).table()).isEqualTo(9994);
        for (int i = 1; i < FullTunnel.TABLES; i++) {
            rules.present.add(new RoutingRule(false, 100, FullTunnel.TABLE_FIRST + i, null, 0, false));
        }
        assertThat(new FullTunnel(rules, home).table()).as("none is free").isZero();
        rules.present.clear();
        assertThat(new FullTunnel(rules, home).table())
                .as("a host without rules")
                .isZero();
    }

    @Test
    void aNoteThatCannotBeReadHarmsNothing() throws Exception {
        home.saveNote("tunnel.rules", "table=1".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        List<RoutingRule> before = List.copyOf(rules.present);
        new FullTunnel(rules, home).recover();
        assertThat(rules.present).isEqualTo(before);
        assertThat(home.note("tunnel.rules")).isEmpty();
    }
}
