// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.orrery.core.credential.MemberRecord;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.rules.OwnedAddresses;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.rules.TagSet;
import org.orrery.core.rules.Verdict;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.wire.BigEndian;

/** A judge that remembers says of every frame what one says that has just been made. */
class LastFlowTest {
    private static final long SELF = 0x1010101010L;
    private static final NetworkId NETWORK = new NetworkId(0x354e_4b49_9a00_00a1L);
    private static final int TAG = 7;
    private static final int TABLES = 200;
    private static final int FRAMES = 400;

    private static Rule match(SplittableRandom random) {
        Rule rule =
                switch (random.nextInt(10)) {
                    case 8 -> Rule.of(RuleType.TAG_SENDER, TAG, random.nextInt(2));
                    case 0 -> Rule.of(RuleType.DESTINATION_PORT_RANGE, 10, 10 + random.nextInt(2));
                    case 1 -> Rule.of(RuleType.SOURCE_PORT_RANGE, 20 + random.nextInt(2), 21);
                    case 2 -> Rule.of(RuleType.IP_PROTOCOL, random.nextBoolean() ? 6 : 17);
                    case 3 -> Rule.of(RuleType.ETHERTYPE, random.nextBoolean() ? 0x0800 : 0x86dd);
                    case 4 -> Rule.of(RuleType.IP_TOS, 0xff, random.nextInt(2), 1);
                    case 5 ->
                        Rule.of(
                                RuleType.IPV4_DESTINATION,
                                Prefix.parse("10.0.0." + random.nextInt(2) + "/32")
                                        .orElseThrow());
                    case 6 ->
                        Rule.of(
                                RuleType.IPV6_SOURCE,
                                Prefix.parse("fd00::" + random.nextInt(2) + "/128")
                                        .orElseThrow());
                    case 7 -> Rule.of(RuleType.MAC_DESTINATION, 0x0200_0000_0000L + random.nextInt(2));
                    default -> Rule.of(RuleType.DESTINATION_ADDRESS, 0x2020202020L + random.nextInt(2));
                };
        return random.nextBoolean() ? rule.negated() : rule;
    }

    private static View view(SplittableRandom random) {
        List<Rule> rules = new ArrayList<>();
        for (int set = 0; set < 4; set++) {
            rules.add(match(random));
            rules.add(match(random));
            rules.add(Rule.of(random.nextInt(3) == 0 ? RuleType.DROP : RuleType.ACCEPT));
        }
        rules.add(Rule.of(random.nextBoolean() ? RuleType.ACCEPT : RuleType.DROP));
        NetworkConfig config = NetworkConfig.builder(NETWORK, new Address(SELF))
                .rules(new RuleTable(rules))
                .build();
        return View.of(SELF, config, null);
    }

    /** The fields of a frame, each one of very few values. */
    private static final class Frame {
        boolean v6;
        boolean inbound;
        int other;
        int mac;
        int protocol = 6;
        int tos;
        int source;
        int destination;
        int sourcePort = 20;
        int destinationPort = 10;
        int piece;
        int options;
        int bytes = 80;
        int tag;
        int view;

        void change(SplittableRandom random) {
            switch (random.nextInt(16)) {
                case 0 -> v6 = !v6;
                case 1 -> inbound = !inbound;
                case 2 -> other = random.nextInt(2);
                case 3 -> mac = random.nextInt(2);
                case 4 -> protocol = random.nextInt(4) == 0 ? 1 : random.nextBoolean() ? 6 : 17;
                case 5 -> tos = random.nextInt(3);
                case 6 -> source = random.nextInt(2);
                case 7 -> destination = random.nextInt(2);
                case 8 -> sourcePort = 20 + random.nextInt(2);
                case 9 -> destinationPort = 10 + random.nextInt(2);
                case 10 -> piece = random.nextInt(4) == 0 ? 1 : 0;
                case 11 -> options = random.nextInt(4) == 0 ? 1 : 0;
                case 13 -> tag = random.nextInt(2);
                case 14 -> view = random.nextInt(2);
                case 12 -> bytes = random.nextInt(3) == 0 ? 20 + random.nextInt(30) : 80;
                default -> {
                    // The same once more.
                }
            }
        }

        byte[] payload(SplittableRandom random) {
            byte[] frame = new byte[100];
            for (int i = 0; i < frame.length; i++) {
                frame[i] = (byte) random.nextInt();
            }
            int transport;
            if (v6) {
                BigEndian.setI32(frame, 0, 6 << 28 | tos << 20 | random.nextInt(1 << 20));
                frame[6] = (byte) protocol;
                BigEndian.setI64(frame, 8, 0xfd00L << 48);
                BigEndian.setI64(frame, 16, source);
                BigEndian.setI64(frame, 24, 0xfd00L << 48);
                BigEndian.setI64(frame, 32, destination);
                transport = 40;
            } else {
                frame[0] = (byte) (0x45 + options);
                frame[1] = (byte) tos;
                BigEndian.setU16(frame, 6, 0x4000 | piece);
                frame[9] = (byte) protocol;
                BigEndian.setI32(frame, 12, 0x0a00_0000 + source);
                BigEndian.setI32(frame, 16, 0x0a00_0000 + destination);
                transport = 20 + 4 * options;
            }
            BigEndian.setU16(frame, transport, sourcePort);
            BigEndian.setU16(frame, transport + 2, destinationPort);
            return frame;
        }
    }

    private static Verdict said(Judge judge, View view, Member[] members, Frame frame, byte[] payload) {
        long other = 0x2020202020L + frame.other;
        Member member = members[frame.tag];
        long mac = 0x0200_0000_0000L + frame.mac;
        int etherType = frame.v6 ? 0x86dd : 0x0800;
        return frame.inbound
                ? judge.inbound(view, member, other, 0x0200_0000_0005L, mac, etherType, payload, 4, frame.bytes)
                : judge.outbound(
                        view, member, other, 0x0200_0000_0005L, mac, etherType, payload, 4, frame.bytes, false);
    }

    private static Member member(int tag) {
        var member = new Member(0x2020202020L, new MemberRecord(NETWORK), 0);
        member.publish(true, new FilterSide(new TagSet(Map.of(TAG, tag)), OwnedAddresses.EMPTY, List.of()));
        return member;
    }

    private static long counted(View view) {
        RuleCounters.Snapshot counts = view.counters().snapshot();
        return counts.base().stream().mapToLong(RuleCounters.Count::times).sum() + counts.end();
    }

    @Test
    void remembersNothingThatDoesNotHold() {
        int accepted = 0;
        for (int table = 0; table < TABLES; table++) {
            var random = new SplittableRandom(table);
            View[] views = {view(random), view(random)};
            View[] unused = {View.of(SELF, views[0].config(), null), View.of(SELF, views[1].config(), null)};
            Member[] members = {member(0), member(1)};
            var remembering = new Judge(1, new Random(1));
            var frame = new Frame();
            for (int i = 0; i < FRAMES; i++) {
                frame.change(random);
                byte[] payload = new byte[110];
                System.arraycopy(frame.payload(random), 0, payload, 4, 100);
                Verdict fresh = said(new Judge(1, new Random(1)), unused[frame.view], members, frame, payload);
                assertThat(said(remembering, views[frame.view], members, frame, payload))
                        .as("table %s, frame %s", table, i)
                        .isEqualTo(fresh);
                assertThat(remembering.sideEffects()).isFalse();
                accepted += fresh == Verdict.ACCEPT ? 1 : 0;
            }
            assertThat(counted(views[0]) + counted(views[1]))
                    .as("each frame is counted once")
                    .isEqualTo(FRAMES);
        }
        assertThat(accepted).isBetween(TABLES * FRAMES / 10, TABLES * FRAMES * 9 / 10);
    }
}
