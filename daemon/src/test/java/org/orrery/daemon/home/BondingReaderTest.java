// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Address;
import org.orrery.core.vl1.bond.BondOptions;
import org.orrery.core.vl1.bond.BondPolicy;
import org.orrery.core.vl1.bond.BondSettings;
import org.orrery.core.vl1.bond.LinkOptions;
import org.orrery.core.vl1.bond.LinkQuality;
import org.orrery.core.vl1.bond.Reselect;

/** How bonds are read from {@code local.conf}, and what is said of slips. */
final class BondingReaderTest {
    private static final Address ADA = Address.parse("feedbeef12").orElseThrow();
    private static final Address BOB = Address.parse("feedbeef13").orElseThrow();

    private static LocalConfig read(String settings) throws Exception {
        return LocalConfig.parse(
                ("{'settings': {" + settings + "}}").replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> problems(String settings) throws Exception {
        return read(settings).problems().stream()
                .map(LocalConfig.Problem::toString)
                .toList();
    }

    private static BondSettings bonds(LocalConfig config) {
        return config.settings().bonding().settings();
    }

    @Test
    void nothingIsBondedByDefault() throws Exception {
        assertThat(bonds(read(""))).isEqualTo(BondSettings.NONE);
        assertThat(bonds(read("'defaultBondingPolicy': '', 'policies': {}")).inUse())
                .isFalse();
        assertThat(bonds(read("'defaultBondingPolicy': 'none'")).of(ADA.bits())).isNull();
    }

    @Test
    void aStandardPolicyHasTheUsualParticulars() throws Exception {
        for (BondPolicy policy : BondPolicy.values()) {
            LocalConfig config = read("'defaultBondingPolicy': '" + policy.text() + "'");
            assertThat(config.problems()).isEmpty();
            BondOptions options = bonds(config).of(ADA.bits());
            assertThat(options).isEqualTo(policy == BondPolicy.NONE ? null : BondOptions.standard(policy));
        }
    }

    @Test
    void readsAPolicyOfOnesOwn() throws Exception {
        LocalConfig config = read("""
                'defaultBondingPolicy': 'pair',
                'policies': {'pair': {
                  'basePolicy': 'active-backup', 'failoverInterval': 1000, 'upDelay': 2000, 'downDelay': -1,
                  'packetsPerLink': 16, 'activeReselect': 'optimize',
                  'linkQuality': {'lat_max': 400.0, 'pdv_max': 20, 'plr_max': 0.1, 'per_max': 0.2,
                                  'lat_weight': 0.5, 'pdv_weight': 0.3, 'plr_weight': 0.1, 'per_weight': 0.1},
                  'links': {'eth0': {'ipvPref': 46, 'mtu': 1500, 'mode': 'primary', 'failoverTo': 'wlan0', 'capacity': 100},
                            'wlan0': {'enabled': 0}}}},
                'peerSpecificBonds': {'feedbeef12': 'balance-rr', 'feedbeef13': 'none'}
                """);
        assertThat(config.problems()).isEmpty();
        assertThat(bonds(config).usual())
                .contains(new BondOptions(
                        "pair",
                        BondPolicy.ACTIVE_BACKUP,
                        1_000,
                        2_000,
                        0,
                        16,
                        Reselect.OPTIMIZE,
                        new LinkQuality(400, 20, 0.1, 0.2, 0.5, 0.3, 0.1, 0.1),
                        Map.of(
                                "eth0",
                                new LinkOptions(true, 100, LinkOptions.Family.V4_FIRST, 1_500, true, "wlan0"),
                                "wlan0",
                                new LinkOptions(false, 0, LinkOptions.Family.ANY, 0, false, ""))));
        assertThat(bonds(config).of(ADA.bits())).isEqualTo(BondOptions.standard(BondPolicy.BALANCE_RR));
        assertThat(bonds(config).of(BOB.bits())).isNull();
        assertThat(bonds(config).of(0x1234567890L)).isNotNull();
    }

    @Test
    void theOtherNameOfTheReselectionIsTaken() throws Exception {
        assertThat(bonds(read("'defaultBondingPolicy': 'x', 'policies': {'x': {'basePolicy': 'active-backup',"
                                + " 'linkSelectMethod': 'failure'}}"))
                        .usual()
                        .orElseThrow()
                        .reselect())
                .isEqualTo(Reselect.FAILURE);
    }

    @Test
    void saysWhereSlipsAreAndWhatWasMeant() throws Exception {
        LocalConfig config = LocalConfig.parse("""
                {"settings": {
                  "defaultBondingPolicy": "active-backp"}}
                """.getBytes(StandardCharsets.UTF_8));
        assertThat(config.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(2);
            assertThat(problem.text()).isEqualTo("no policy is called active-backp; ignored (is active-backup meant?)");
        });
        assertThat(problems("""
                'policies': {
                  'broadcast': {'basePolicy': 'broadcast'},
                  'a': {},
                  'b': {'basePolicy': 'balance-xo'},
                  'c': {'basePolicy': 'balance-xor', 'failoverIntervall': 1, 'failoverInterval': 100, 'upDelay': 1e9},
                  'd': {'basePolicy': 'active-backup', 'activeReselect': 'allways',
                        'linkQuality': {'lat_max': 1},
                        'links': {'eth0': {'mode': 'backup', 'failoverTo': 'eth1', 'ipvPref': 5, 'speed': 1, 'mtu': 60},
                                  'eth1': {'mode': 'primary', 'failoverTo': 'eth', 'capacity': -1}}}},
                'peerSpecificBonds': {'feed': 'broadcast', 'feedbeef12': 'eve'}
                """))
                .containsExactlyInAnyOrder(
                        "settings.policies.broadcast: the name of a standard policy; ignored. Choose another one",
                        "settings.policies.a: has no basePolicy; the policy is ignored",
                        "settings.policies.b.basePolicy: no standard policy; the policy is ignored"
                                + " (is balance-xor meant?)",
                        "settings.policies.c.failoverIntervall: unknown member; ignored (is failoverInterval meant?)",
                        "settings.policies.c.failoverInterval: outside 500..600000; 500 is used",
                        "settings.policies.c.upDelay: not a whole number; taken as 1000000000",
                        "settings.policies.c.upDelay: outside 0..600000; 600000 is used",
                        "settings.policies.d.activeReselect: not one of always, better, failure, optimize; always is used"
                                + " (is always meant?)",
                        "settings.policies.d.linkQuality: has no pdv_max; all of linkQuality is ignored",
                        "settings.policies.d.links.eth0.mode: not primary or spare; spare is used",
                        "settings.policies.d.links.eth0.failoverTo: has no effect on a spare link; ignored",
                        "settings.policies.d.links.eth0.ipvPref: not one of 0, 4, 6, 46, 64; 0 is used",
                        "settings.policies.d.links.eth0.speed: unknown member; ignored",
                        "settings.policies.d.links.eth0.mtu: outside 576..10324; 576 is used",
                        "settings.policies.d.links.eth1.capacity: outside 0..2147483647; 0 is used",
                        "settings.policies.d.links.eth1.failoverTo: no link here is called eth; it takes over only if it"
                                + " is there (is eth0 meant?)",
                        "settings.peerSpecificBonds.feed: not a node address of ten hex digits; ignored",
                        "settings.peerSpecificBonds.feedbeef12: no policy is called eve; ignored. There are:"
                                + " none, active-backup, broadcast, balance-rr, balance-xor, balance-aware, c, d");
    }

    @Test
    void wrongTypesInALinkAreSaid() throws Exception {
        assertThat(problems("""
                'policies': {'a': {
                  'basePolicy': 'active-backup', 'activeReselect': ['always'],
                  'links': {'eth0': {'enabled': 'yes', 'mode': ['primary'], 'failoverTo': {}},
                            'eth1': {'enabled': 2}, 'eth2': {'enabled': []}, 'eth3': {'enabled': 0.5}}},
                  'b': {'basePolicy': 'active-backup', 'linkSelectMethod': {}}}
                """))
                .containsExactlyInAnyOrder(
                        "settings.policies.a.activeReselect: not a text; always is used",
                        "settings.policies.b.linkSelectMethod: not a text; always is used",
                        "settings.policies.a.links.eth0.enabled: not true or false; taken as false",
                        "settings.policies.a.links.eth0.mode: not a text; spare is used",
                        "settings.policies.a.links.eth0.failoverTo: not a text; ignored",
                        "settings.policies.a.links.eth1.enabled: not true or false; taken as true",
                        "settings.policies.a.links.eth2.enabled: not true or false; taken as true",
                        "settings.policies.a.links.eth3.enabled: not true or false; taken as false");
        assertThat(problems("'policies': {'a': {'basePolicy': 'active-backup', 'links': {'eth0': {'enabled': true},"
                        + " 'eth1': {'enabled': 0}, 'eth2': {'enabled': 1}, 'eth3': {'enabled': false}}}}"))
                .isEmpty();
    }

    @Test
    void weightsThatDoNotAddUpAreRefused() throws Exception {
        assertThat(problems(
                        "'policies': {'a': {'basePolicy': 'balance-aware', 'linkQuality': {'lat_max': 1, 'pdv_max': 1,"
                                + " 'plr_max': 1, 'per_max': 1, 'lat_weight': 0.5, 'pdv_weight': 0.5, 'plr_weight': 0.5,"
                                + " 'per_weight': 0.5}}}"))
                .containsExactly("settings.policies.a.linkQuality: the four weights must add up to 1, not 2.0;"
                        + " all of linkQuality is ignored");
    }
}
