// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.BigEndian;

/** What the data lane decides about segments that the host gave as one frame. */
class SegmentsTest {
    private static final String ACCEPT = "{\"type\":\"ACTION_ACCEPT\"}";
    private static final int IPV4 = 0x0800;
    private static final int OTHER = 0x88b5;

    private final Lab lab = new Lab(11, 1);
    private final NetworkId network = lab.controller.network(1, true);
    private SimHost ada;
    private SimHost bob;

    @BeforeEach
    void meet() {
        var members = lab.members(2);
        ada = members.get(0);
        bob = members.get(1);
        lab.internet.runFor(1_000);
        lab.join(network, members, 2_000);
        Ping ping = lab.ping(network, ada, bob, 3, 100);
        lab.internet.runFor(5_000);
        assertThat(ping.received()).as("%s", lab).isEqualTo(3);
        assertThat(ada.direct(bob)).isTrue();
    }

    private void change(String rules) {
        lab.controller.change(network, "{\"rules\":[" + rules + ACCEPT + "]}");
        lab.internet.runFor(2_000);
    }

    /** Changes the rules; the new credentials are shown with the first frame, so that is over afterwards. */
    private void rules(String rules) {
        change(rules);
        lab.ping(network, ada, bob, 1, 100);
        lab.internet.runFor(2_000);
    }

    /** One frame of the host in these segments, by the bytes of their payload. */
    private void give(int etherType, int... payloads) {
        for (int i = 0; i < payloads.length; i++) {
            ada.frame(network.bits(), frame(etherType, payloads[i]), i > 0);
        }
    }

    private byte[] frame(int etherType, int payload) {
        byte[] frame = new byte[14 + payload];
        Arrays.fill(frame, 14, frame.length, (byte) payload);
        BigEndian.setU48(frame, 0, Mac.derive(bob.address().bits(), network.bits()));
        BigEndian.setU48(frame, 6, Mac.derive(ada.address().bits(), network.bits()));
        BigEndian.setU16(frame, 12, etherType);
        return frame;
    }

    private long[] counts() {
        return new long[] {
            ada.laneCount(DropReason.NONE),
            // The first of a while is judged by the control lane, which may know more of the member.
            ada.laneCount(DropReason.RULES_OUTBOUND) + ada.controlCount(DropReason.RULES_OUTBOUND),
            ada.laneCount(DropReason.FRAME_TOO_LONG)
        };
    }

    private void assertGrew(long[] before, long sent, long refused, long tooLong) {
        long[] after = counts();
        for (int i = 0; i < after.length; i++) {
            after[i] -= before[i];
        }
        assertThat(after).containsExactly(sent, refused, tooLong);
    }

    @Test
    void allGoTheWayOfTheFirst() {
        long[] before = counts();
        long bobBefore = bob.laneCount(DropReason.NONE);
        give(OTHER, 1_000, 1_000, 1_000, 5);
        assertGrew(before, 4, 0, 0);
        lab.internet.runFor(100);
        assertThat(bob.laneCount(DropReason.NONE) - bobBefore).isEqualTo(4);
    }

    @Test
    void allAreRefusedWithTheFirst() {
        rules("{\"type\":\"MATCH_ETHERTYPE\",\"etherType\":" + OTHER + "},{\"type\":\"ACTION_DROP\"},");
        long[] before = counts();
        give(OTHER, 1_000, 1_000, 5);
        give(IPV4, 1_000, 1_000, 5);
        assertGrew(before, 3, 3, 0);
    }

    @Test
    void eachIsJudgedWhereRulesLookAtSizes() {
        rules("{\"type\":\"MATCH_FRAME_SIZE_RANGE\",\"start\":300,\"end\":500},{\"type\":\"ACTION_DROP\"},");
        long[] before = counts();
        give(OTHER, 1_000, 400, 1_000, 350);
        assertGrew(before, 2, 2, 0);
    }

    @Test
    void nothingIsTakenOverFromAnotherFrame() {
        rules("{\"type\":\"MATCH_ETHERTYPE\",\"etherType\":" + OTHER + "},{\"type\":\"ACTION_DROP\"},");
        long[] before = counts();
        give(IPV4, 1_000);
        give(OTHER, 9_000, 400, 400); // the first is not even looked at
        assertGrew(before, 1, 2, 1);
    }

    @Test
    void nothingIsTakenOverFromBeforeAChangeOfTheConfiguration() {
        give(OTHER, 1_000);
        change("{\"type\":\"MATCH_ETHERTYPE\",\"etherType\":" + OTHER + "},{\"type\":\"ACTION_DROP\"},");
        long[] before = counts();
        long handedOver = ada.laneCount(DropReason.HANDED_OVER);
        ada.frame(network.bits(), frame(OTHER, 100), true);
        assertGrew(before, 0, 1, 0);
        assertThat(ada.laneCount(DropReason.HANDED_OVER) - handedOver)
                .as("because the member has to be shown the new credentials first")
                .isEqualTo(1);
    }
}
