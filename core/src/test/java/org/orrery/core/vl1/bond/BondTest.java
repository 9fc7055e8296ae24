// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.orrery.core.vl1.bond.LinkOptions.Family;

/** What a bond decides, on a clock that the test moves. */
final class BondTest {
    private static final LinkOptions PRIMARY = new LinkOptions(true, 0, Family.ANY, 0, true, "");
    private static final int STEP_MILLIS = 100;

    private final FakePath eth0 = new FakePath("eth0", "10.1.0.2/9993");
    private final FakePath eth1 = new FakePath("eth1", "10.2.0.2/9993");
    private final List<String> events = new ArrayList<>();
    private List<FakePath> paths = List.of(eth0, eth1);
    private List<FakePath> asked = List.of();
    private long now = 1_000_000;

    private static BondOptions options(BondPolicy policy) {
        return BondOptions.standard(policy);
    }

    private static BondOptions activeBackup(
            Reselect reselect, int upDelay, int downDelay, Map<String, LinkOptions> links) {
        return new BondOptions(
                "test", BondPolicy.ACTIVE_BACKUP, 5_000, upDelay, downDelay, 64, reselect, LinkQuality.USUAL, links);
    }

    private Bond<FakePath> bond(BondOptions options) {
        var bond = new Bond<FakePath>(options, "ada", events::add, now);
        pass(bond, STEP_MILLIS);
        return bond;
    }

    /** Time goes by, and over all paths but {@code silent} something comes in. */
    private void pass(Bond<FakePath> bond, long millis, FakePath... silent) {
        for (long end = now + millis; now < end; ) {
            now += STEP_MILLIS;
            for (FakePath path : paths) {
                if (!List.of(silent).contains(path)) {
                    path.lastInMillis = now;
                }
            }
            look(bond);
        }
    }

    private void look(Bond<FakePath> bond) {
        bond.update(paths.toArray(FakePath[]::new), now);
        asked = bond.questions(now);
    }

    /** This node does nothing for a while, and what came in waits to be read. */
    private void sleep(Bond<FakePath> bond, long millis) {
        now += millis;
        look(bond);
    }

    private static Spread<FakePath> spread(Bond<FakePath> bond) {
        return Objects.requireNonNull(bond.spread(), "spread");
    }

    private BondReport.Link link(Bond<FakePath> bond, FakePath path) {
        return bond.report(now).links().stream()
                .filter(each -> each.socket() == path.socket())
                .findFirst()
                .orElseThrow();
    }

    // ---------------------------------------------------------------- active-backup

    @Test
    void sendsOverTheOtherLinkOnceTheFirstIsSilentForTheInterval() {
        Bond<FakePath> bond = bond(options(BondPolicy.ACTIVE_BACKUP));
        assertThat(bond.main()).isEqualTo(eth0);
        pass(bond, 4_900, eth0);
        assertThat(bond.main()).isEqualTo(eth0);
        pass(bond, 100, eth0);
        assertThat(bond.main()).isEqualTo(eth1);
        assertThat(bond.spread()).isNull();
        assertThat(events)
                .containsExactly(
                        "bond.up peer=ada policy=active-backup links=2 over=eth0,eth1",
                        "bond.links peer=ada policy=active-backup links=1 over=eth1",
                        "bond.failover peer=ada was=eth0 now=eth1 via=10.2.0.2/9993 reason=the only link that works,"
                                + " took over from eth0 which failed");
        assertThat(link(bond, eth0).state()).isEqualTo(BondReport.State.FAILED);
        assertThat(bond.report(now).aliveLinks()).isEqualTo(1);
        assertThat(bond.report(now).totalLinks()).isEqualTo(2);
        assertThat(bond.report(now).failovers()).isEqualTo(1);
    }

    @Test
    void aNodeThatSleptAsksBeforeItCallsALinkDown() {
        Bond<FakePath> bond = bond(options(BondPolicy.ACTIVE_BACKUP));
        events.clear();
        for (int millis : new int[] {5_000, 60_000}) {
            sleep(bond, millis);
            assertThat(asked).containsExactly(eth0, eth1);
            sleep(bond, millis);
            assertThat(bond.main()).as("asked, but slept again").isEqualTo(eth0);
            pass(bond, 10_000);
        }
        assertThat(events).isEmpty();
        sleep(bond, 5_000);
        pass(bond, 2_400, eth0);
        assertThat(bond.main()).isEqualTo(eth0);
        pass(bond, 100, eth0);
        assertThat(bond.main()).as("now it was asked for long enough").isEqualTo(eth1);
        assertThat(link(bond, eth1).because()).isEqualTo("the only link that works, took over from eth0 which failed");
    }

    @Test
    void leavesADeadLinkInTimeHoweverTheLooksFall() {
        for (int interval : new int[] {500, 1_000, 5_000, 60_000}) {
            int step = Math.clamp(interval / 10, 60, 250); // as bonds are looked at
            for (int first = 1; first <= step; first += 7) {
                var options = new BondOptions(
                        "test",
                        BondPolicy.ACTIVE_BACKUP,
                        interval,
                        0,
                        0,
                        64,
                        Reselect.ALWAYS,
                        LinkQuality.USUAL,
                        Map.of());
                Bond<FakePath> bond = bond(options);
                long died = now;
                now += first;
                for (; bond.main() == eth0; now += step) {
                    eth1.lastInMillis = now;
                    look(bond);
                }
                assertThat(bond.main()).isEqualTo(eth1);
                assertThat(now - step - died).isBetween((long) interval, (long) interval + step - 1);
            }
        }
    }

    @Test
    void leavesALinkWhoseQuestionsAreNotAnsweredAtOnce() {
        Bond<FakePath> bond = bond(options(BondPolicy.ACTIVE_BACKUP));
        eth0.failing = true;
        pass(bond, STEP_MILLIS);
        assertThat(bond.main()).isEqualTo(eth1);
    }

    @Test
    void staysOnALinkThatFailedForTheDownDelay() {
        Bond<FakePath> bond = bond(activeBackup(Reselect.ALWAYS, 0, 2_000, Map.of()));
        eth0.failing = true;
        pass(bond, 2_000);
        assertThat(bond.main()).isEqualTo(eth0);
        pass(bond, STEP_MILLIS);
        assertThat(bond.main()).isEqualTo(eth1);
    }

    @Test
    void goesBackToAPrimaryLinkOnlyAfterTheUpDelay() {
        Bond<FakePath> bond = bond(activeBackup(Reselect.ALWAYS, 3_000, 0, Map.of("eth0", PRIMARY)));
        eth0.failing = true;
        pass(bond, STEP_MILLIS);
        eth0.failing = false;
        pass(bond, 3_000);
        assertThat(bond.main()).isEqualTo(eth1);
        assertThat(link(bond, eth0).state()).isEqualTo(BondReport.State.WAITING);
        pass(bond, STEP_MILLIS);
        assertThat(bond.main()).isEqualTo(eth0);
        assertThat(link(bond, eth0).because()).isEqualTo("a primary link, back in place of eth1");
    }

    @Test
    void staysWhereItIsIfOnlyFailureMayMoveIt() {
        Bond<FakePath> bond = bond(activeBackup(Reselect.FAILURE, 0, 0, Map.of("eth0", PRIMARY)));
        eth0.failing = true;
        pass(bond, STEP_MILLIS);
        eth0.failing = false;
        pass(bond, 60_000);
        assertThat(bond.main()).isEqualTo(eth1);
    }

    @Test
    void aClearlyBetterLinkTakesOverWhereThatIsWanted() {
        eth0.roundTripMillis = 200;
        eth1.roundTripMillis = 20;
        assertThat(bond(activeBackup(Reselect.ALWAYS, 0, 0, Map.of("eth0", PRIMARY)))
                        .main())
                .isEqualTo(eth0);
        Bond<FakePath> better = bond(activeBackup(Reselect.BETTER, 0, 0, Map.of("eth0", PRIMARY)));
        assertThat(better.main()).as("a spare link replaces no primary one").isEqualTo(eth0);
        Bond<FakePath> optimize = bond(activeBackup(Reselect.OPTIMIZE, 0, 0, Map.of("eth0", PRIMARY)));
        assertThat(optimize.main()).isEqualTo(eth1);
        eth0.roundTripMillis = 1;
        pass(optimize, 14_000);
        assertThat(optimize.main()).as("not oftener than every 15 s").isEqualTo(eth1);
        pass(optimize, 2_000);
        assertThat(optimize.main()).as("2 % better is not clear").isEqualTo(eth1);
        eth1.roundTripMillis = 400;
        pass(optimize, STEP_MILLIS);
        assertThat(optimize.main()).isEqualTo(eth0);
    }

    @Test
    void theNamedLinkTakesOver() {
        FakePath eth2 = new FakePath("eth2", "10.3.0.2/9993");
        paths = List.of(eth0, eth1, eth2);
        Bond<FakePath> bond = bond(activeBackup(
                Reselect.ALWAYS, 0, 0, Map.of("eth0", new LinkOptions(true, 0, Family.ANY, 0, true, "eth2"))));
        eth0.failing = true;
        pass(bond, STEP_MILLIS);
        assertThat(bond.main()).isEqualTo(eth2);
        assertThat(link(bond, eth2).because()).isEqualTo("named by failoverTo, took over from eth0 which failed");
    }

    @Test
    void theOtherIpVersionOfALinkThatFailedIsUsedOnceSomethingCameOverIt() {
        FakePath v6 = new FakePath("eth0", "fd00:1::2/9993");
        paths = List.of(eth0, v6, eth1);
        for (String heir : List.of("", "eth1")) {
            eth0.failing = false;
            Bond<FakePath> bond = bond(activeBackup(
                    Reselect.ALWAYS, 0, 0, Map.of("eth0", new LinkOptions(true, 0, Family.ANY, 0, true, heir))));
            assertThat(bond.main()).isEqualTo(eth0);
            pass(bond, STEP_MILLIS, v6); // what stands by is heard seldom
            eth0.failing = true;
            pass(bond, 3_000, eth0, v6);
            assertThat(bond.main()).as("nobody knows whether IPv6 works").isEqualTo(eth1);
            assertThat(bond.report(now).failovers()).isEqualTo(1);
            pass(bond, STEP_MILLIS, eth0);
            assertThat(bond.main()).isEqualTo(v6);
            pass(bond, 10_000, eth0);
            assertThat(bond.main()).as("one IP version alone works for good").isEqualTo(v6);
            assertThat(bond.report(now).failovers()).isEqualTo(2);
        }
    }

    @Test
    void theOtherIpVersionThatWorksCarriesOnAtOnce() {
        FakePath v6 = new FakePath("eth0", "fd00:1::2/9993");
        paths = List.of(eth0, v6, eth1);
        Bond<FakePath> bond = bond(activeBackup(Reselect.ALWAYS, 0, 0, Map.of("eth0", PRIMARY)));
        pass(bond, 1_000, eth0);
        eth0.failing = true;
        pass(bond, STEP_MILLIS, eth0);
        assertThat(bond.main()).isEqualTo(v6);
    }

    @Test
    void aLinkChosenByHandStaysUntilItFails() {
        Bond<FakePath> bond = bond(activeBackup(Reselect.ALWAYS, 0, 0, Map.of("eth0", PRIMARY)));
        assertThat(bond.rotate(now)).isTrue();
        pass(bond, 60_000);
        assertThat(bond.main()).isEqualTo(eth1);
        eth1.failing = true;
        pass(bond, STEP_MILLIS);
        assertThat(bond.main()).isEqualTo(eth0);
        assertThat(bond.rotate(now)).as("there is no other").isFalse();
        assertThat(bond(options(BondPolicy.BALANCE_RR)).rotate(now)).isFalse();
    }

    @Test
    void nothingIsLeftWhenAllLinksFail() {
        Bond<FakePath> bond = bond(options(BondPolicy.ACTIVE_BACKUP));
        eth0.failing = true;
        eth1.failing = true;
        pass(bond, STEP_MILLIS);
        assertThat(bond.main()).isNull();
        eth1.failing = false;
        pass(bond, STEP_MILLIS);
        assertThat(bond.main()).isEqualTo(eth1);
        assertThat(link(bond, eth1).because()).isEqualTo("the only link that works, took over from eth0 which failed");
        assertThat(events.getLast())
                .isEqualTo("bond.failover peer=ada was=eth0 now=eth1 via=10.2.0.2/9993 reason=the only link that works,"
                        + " took over from eth0 which failed");
        assertThat(bond.report(now).failovers()).isEqualTo(1);
    }

    @Test
    void theLinkThatCarriedTrafficBeforeAllFailedTakesUpAgain() {
        FakePath eth2 = new FakePath("eth2", "10.3.0.2/9993");
        paths = List.of(eth0, eth1, eth2);
        Bond<FakePath> bond = bond(activeBackup(
                Reselect.FAILURE, 0, 0, Map.of("eth0", new LinkOptions(true, 0, Family.ANY, 0, false, "eth2"))));
        for (int round = 0; round < 2; round++) {
            paths.forEach(path -> path.failing = true);
            pass(bond, STEP_MILLIS);
            assertThat(bond.main()).isNull();
            assertThat(link(bond, eth0).because()).isEqualTo("questions are not answered");
            paths.forEach(path -> path.failing = false);
            pass(bond, STEP_MILLIS);
            assertThat(bond.main()).isEqualTo(eth0);
            assertThat(bond.report(now).failovers()).isZero();
        }
        paths.forEach(path -> path.failing = true);
        pass(bond, STEP_MILLIS);
        eth1.failing = false;
        eth2.failing = false;
        pass(bond, STEP_MILLIS);
        assertThat(bond.main()).isEqualTo(eth2);
        assertThat(link(bond, eth2).because()).isEqualTo("named by failoverTo, took over from eth0 which failed");
        assertThat(bond.report(now).failovers()).isEqualTo(1);
    }

    // ---------------------------------------------------------------- what takes part

    @Test
    void otherPortsOfTheSameTwoEndsAreNoLinksOfTheirOwn() {
        FakePath second = new FakePath("eth0", "10.1.0.2/40000");
        paths = List.of(eth0, second, eth1);
        Bond<FakePath> bond = bond(options(BondPolicy.BALANCE_RR));
        assertThat(spread(bond).paths()).containsExactly(eth0, eth1);
        assertThat(link(bond, second).state()).isEqualTo(BondReport.State.ANOTHER_PORT);
        eth0.failing = true;
        pass(bond, STEP_MILLIS);
        assertThat(spread(bond).paths()).containsExactly(second, eth1);
        eth0.failing = false;
        pass(bond, STEP_MILLIS);
        assertThat(spread(bond).paths()).as("nothing moves without need").containsExactly(second, eth1);
    }

    @Test
    void anInterfaceUsesOneIpVersionAtATime() {
        FakePath v6 = new FakePath("eth0", "fd00:1::2/9993");
        paths = List.of(v6, eth0, eth1);
        assertThat(spread(bond(options(BondPolicy.BALANCE_RR))).paths()).containsExactly(eth0, eth1);
        assertThat(bond(options(BondPolicy.BALANCE_RR)).report(now).totalLinks())
                .isEqualTo(2);
        Bond<FakePath> bond = bond(withLinks(family(Family.V6_FIRST)));
        assertThat(spread(bond).paths()).containsExactly(v6, eth1);
        v6.failing = true;
        pass(bond, STEP_MILLIS);
        assertThat(spread(bond).paths()).containsExactly(eth0, eth1);
        v6.failing = false;
        Bond<FakePath> only4 = bond(withLinks(family(Family.V4_ONLY)));
        v6.lastInMillis = now;
        eth0.failing = true;
        pass(only4, STEP_MILLIS);
        assertThat(only4.spread()).isNull();
        assertThat(only4.main()).isEqualTo(eth1);
        assertThat(link(only4, v6).because()).isEqualTo("not this IP version, says ipvPref");
    }

    private static LinkOptions family(Family family) {
        return new LinkOptions(true, 0, family, 0, false, "");
    }

    private static BondOptions withLinks(LinkOptions first) {
        return new BondOptions(
                "test",
                BondPolicy.BALANCE_RR,
                5_000,
                0,
                0,
                64,
                Reselect.ALWAYS,
                LinkQuality.USUAL,
                Map.of("eth0", first));
    }

    @Test
    void whatIsSwitchedOffAndTheTcpRelayTakeNoPart() {
        FakePath tunnel = new FakePath("tunnel", "10.3.0.2/9993");
        paths = List.of(eth0, eth1, tunnel);
        Bond<FakePath> bond = bond(withLinks(new LinkOptions(false, 0, Family.ANY, 0, false, "")));
        assertThat(bond.main()).isEqualTo(eth1);
        assertThat(bond.spread()).isNull();
        assertThat(link(bond, eth0).because()).isEqualTo("switched off in local.conf");
        assertThat(link(bond, tunnel).because()).isEqualTo("leads through the TCP relay");
        assertThat(bond.report(now).totalLinks()).isEqualTo(1);
    }

    @Test
    void silentLinksAreQuestionedSoonAndDeadOnesMoreRarely() {
        Bond<FakePath> bond = bond(options(BondPolicy.ACTIVE_BACKUP));
        pass(bond, 1_600, eth1);
        assertThat(asked).isEmpty();
        pass(bond, 100, eth1);
        assertThat(asked).containsExactly(eth1);
        eth1.failing = true;
        pass(bond, 100, eth1);
        assertThat(asked).isEmpty();
        pass(bond, 3_100, eth1);
        assertThat(asked).isEmpty();
        pass(bond, 100, eth1);
        assertThat(asked).containsExactly(eth1);
    }

    // ---------------------------------------------------------------- balancing

    @Test
    void linksTakeTurnsOfSixtyFourPackets() {
        Spread<FakePath> spread = spread(bond(options(BondPolicy.BALANCE_RR)));
        for (int turn = 0; turn < 6; turn++) {
            for (int i = 0; i < 64; i++) {
                assertThat(spread.choose(0, now)).isEqualTo(turn % 2 == 0 ? eth0 : eth1);
            }
        }
    }

    @Test
    void aFlowKeepsToItsLinkAndFlowsUseBoth() {
        for (BondPolicy policy : List.of(BondPolicy.BALANCE_XOR, BondPolicy.BALANCE_AWARE)) {
            Bond<FakePath> bond = bond(options(policy));
            Map<FakePath, Integer> flows = flows(bond, 400);
            assertThat(flows.get(eth0)).as("%s", policy).isBetween(150, 250);
            assertThat(flows.get(eth1)).as("%s", policy).isBetween(150, 250);
            Spread<FakePath> spread = spread(bond);
            for (int flow = 0; flow < 400; flow++) {
                FakePath first = spread.choose(flow * 7_919, now);
                pass(bond, STEP_MILLIS);
                assertThat(spread(bond).choose(flow * 7_919, now)).isEqualTo(first);
            }
            int shown = link(bond, eth0).flows() + link(bond, eth1).flows();
            assertThat(shown).isBetween(300, 400); // some flows share a place
        }
    }

    private Map<FakePath, Integer> flows(Bond<FakePath> bond, int count) {
        Map<FakePath, Integer> flows = new HashMap<>();
        for (int flow = 0; flow < count; flow++) {
            flows.merge(spread(bond).choose(flow * 7_919, now), 1, Integer::sum);
        }
        return flows;
    }

    @Test
    void awareSharesByCapacityAndMovesFlowsOneByOneFromABadLink() {
        var options = new BondOptions(
                "test",
                BondPolicy.BALANCE_AWARE,
                5_000,
                0,
                0,
                64,
                Reselect.ALWAYS,
                LinkQuality.USUAL,
                Map.of(
                        "eth0", new LinkOptions(true, 300, Family.ANY, 0, false, ""),
                        "eth1", new LinkOptions(true, 100, Family.ANY, 0, false, "")));
        Bond<FakePath> bond = bond(options);
        assertThat(flows(bond, 1_000).get(eth0)).isBetween(650, 850);
        assertThat(bond.report(now).links().getFirst().quality()).isGreaterThan(0.7);
        int on0 = link(bond, eth0).flows();
        eth0.roundTripMillis = 2_000; // a second one way, above the limit of half a second
        pass(bond, STEP_MILLIS);
        assertThat(link(bond, eth0).flows()).isEqualTo(on0 - 1);
        pass(bond, STEP_MILLIS * 10);
        assertThat(link(bond, eth0).flows()).isEqualTo(on0 - 11);
        pass(bond, FlowShares.IDLE_MILLIS);
        assertThat(flows(bond, 1_000)).as("idle ones moved together").containsOnlyKeys(eth1);
    }

    @Test
    void awareLeavesFlowsInPlaceWhenAnotherLinkGoesAndComes() {
        FakePath eth2 = new FakePath("eth2", "10.3.0.2/9993");
        paths = List.of(eth0, eth1, eth2);
        Bond<FakePath> bond = bond(options(BondPolicy.BALANCE_AWARE));
        Map<Integer, FakePath> before = new HashMap<>();
        for (int flow = 0; flow < 300; flow++) {
            before.put(flow, spread(bond).choose(flow * 7_919, now));
        }
        eth2.failing = true;
        pass(bond, STEP_MILLIS);
        before.forEach((flow, path) -> {
            if (path != eth2) {
                assertThat(spread(bond).choose(flow * 7_919, now)).isEqualTo(path);
            }
        });
        assertThat(spread(bond).paths()).containsExactly(eth0, eth1);
    }

    @Test
    void whatLanesDoForEachPacketAllocatesNothing() throws ReflectiveOperationException {
        byte[] frame = new byte[60];
        frame[0] = 0x45;
        var copies = new Duplicates();
        for (BondPolicy policy : List.of(BondPolicy.BALANCE_RR, BondPolicy.BALANCE_AWARE)) {
            Spread<FakePath> spread = spread(bond(options(policy)));
            long least = Long.MAX_VALUE;
            long seen = 0;
            for (int round = 0; round < 20; round++) {
                long before = allocatedBytes();
                for (int i = 0; i < 10_000; i++) {
                    FakePath path = spread.choose(FlowKey.of(0x0800, frame, 0, frame.length), now);
                    path.meter().sent(i, now);
                    path.meter().arrived(i, now);
                    seen += copies.again(i) ? 1 : 0;
                }
                least = Math.min(least, allocatedBytes() - before);
            }
            assertThat(seen).isPositive();
            // The reading itself may cost a few bytes; one object per packet would be 160,000.
            assertThat(least).as("%s", policy).isLessThan(20_000);
        }
    }

    /** Bytes this thread has allocated; the module of the bean is not one that core reads. */
    private static long allocatedBytes() throws ReflectiveOperationException {
        Object bean = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        return (long) Class.forName("com.sun.management.ThreadMXBean")
                .getMethod("getCurrentThreadAllocatedBytes")
                .invoke(bean);
    }

    @Test
    void broadcastUsesAllLinks() {
        Spread<FakePath> spread = spread(bond(options(BondPolicy.BROADCAST)));
        assertThat(spread.everywhere()).isTrue();
        assertThat(spread.paths()).containsExactly(eth0, eth1);
    }

    @Test
    void oneLinkAloneNeedsNoChoice() {
        paths = List.of(eth0);
        for (BondPolicy policy : List.of(BondPolicy.BROADCAST, BondPolicy.BALANCE_RR, BondPolicy.BALANCE_XOR)) {
            Bond<FakePath> bond = bond(options(policy));
            assertThat(bond.spread()).isNull();
            assertThat(bond.main()).isEqualTo(eth0);
        }
    }
}
