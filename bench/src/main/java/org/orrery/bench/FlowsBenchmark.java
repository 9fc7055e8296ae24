// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.rules.CompiledRules;
import org.orrery.core.rules.FilterScope;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.rules.NetworkFilter;
import org.orrery.core.rules.OwnedAddresses;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.rules.TagSet;
import org.orrery.core.rules.Verdict;
import org.orrery.core.value.Address;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl2.Judge;
import org.orrery.core.vl2.View;
import org.orrery.core.wire.BigEndian;

/**
 * What a lane asks of the rules about one outgoing TCP frame, with a table of 64 rules such as networks have: IP only, some
 * subnets and departments closed, some services open. The frame is let through by the last rule but one.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // what prepares is called first
public class FlowsBenchmark {
    static final int RULES = 64;

    private static final int LANE = 1;
    private static final int FLOWS = 16;
    private static final int IPV4 = 0x0800;
    private static final int IPV4_BYTES = 20;
    private static final int TCP = 6;
    private static final int PORT = 5201;
    private static final int DEPARTMENT = 100;
    private static final NetworkId NETWORK = new NetworkId(0x1122334455000001L);
    private static final long SELF = 0x1122334455L;
    private static final long PEER = 0x66778899aaL;

    private final byte[][] frames = new byte[FLOWS][1_400];
    private final long sourceMac = Mac.derive(SELF, NETWORK.bits());
    private final long destinationMac = Mac.derive(PEER, NETWORK.bits());
    private Judge judge;
    private View view;
    private int turn;

    public FlowsBenchmark() {}

    /** Exactly {@link #RULES}. */
    static RuleTable typical() {
        List<Rule> rules = new ArrayList<>(List.of(
                Rule.of(RuleType.ETHERTYPE, IPV4).negated(),
                Rule.of(RuleType.ETHERTYPE, 0x0806).negated(),
                Rule.of(RuleType.ETHERTYPE, 0x86dd).negated(),
                Rule.of(RuleType.DROP),
                Rule.of(RuleType.ETHERTYPE, 0x0806),
                Rule.of(RuleType.ACCEPT),
                Rule.of(RuleType.ICMP, 8, 0),
                Rule.of(RuleType.ACCEPT)));
        for (int subnet = 1; subnet <= 6; subnet++) {
            rules.add(Rule.of(
                    RuleType.IPV4_DESTINATION,
                    Prefix.parse("10.9." + subnet + ".0/24").orElseThrow()));
            rules.add(Rule.of(RuleType.IPV4_SOURCE, Prefix.parse("10.8.0.0/16").orElseThrow())
                    .negated());
            rules.add(Rule.of(RuleType.DROP));
        }
        for (int department = 1; department <= 4; department++) {
            rules.add(Rule.of(RuleType.TAG_SENDER, DEPARTMENT, department));
            rules.add(Rule.of(RuleType.TAGS_DIFFERENCE, DEPARTMENT, 0).negated());
            rules.add(Rule.of(RuleType.DROP));
        }
        rules.add(Rule.of(RuleType.IP_PROTOCOL, 17));
        rules.add(Rule.of(RuleType.DESTINATION_PORT_RANGE, 53, 53));
        rules.add(Rule.of(RuleType.ACCEPT));
        for (int service = 0; rules.size() < RULES - 4; service++) {
            if (service % 3 == 0) {
                rules.add(Rule.of(RuleType.IP_PROTOCOL, TCP));
            }
            rules.add(Rule.of(RuleType.DESTINATION_PORT_RANGE, 20 + service, 20 + service));
            rules.add(Rule.of(RuleType.ACCEPT));
        }
        while (rules.size() > RULES - 4) {
            rules.removeLast();
        }
        rules.add(Rule.of(RuleType.IP_PROTOCOL, TCP));
        rules.add(Rule.of(RuleType.DESTINATION_PORT_RANGE, PORT, PORT));
        rules.add(Rule.of(RuleType.ACCEPT));
        rules.add(Rule.of(RuleType.DROP));
        return new RuleTable(rules);
    }

    @Setup
    public void prepare() {
        RuleTable table = typical();
        var own = new FilterSide(new TagSet(Map.of(DEPARTMENT, 9)), OwnedAddresses.EMPTY, List.of());
        NetworkConfig config =
                NetworkConfig.builder(NETWORK, new Address(SELF)).rules(table).build();
        var filter = new NetworkFilter(
                CompiledRules.of(table), FilterScope.of(NETWORK, new Address(SELF), own, 0, List.of()));
        view = new View(SELF, config.mtu(), filter, config, new RuleCounters(table));
        judge = new Judge(LANE, new SplittableRandom(1));
        for (int i = 0; i < FLOWS; i++) {
            frames[i][0] = 0x45;
            frames[i][9] = TCP;
            BigEndian.setU16(frames[i], IPV4_BYTES, i);
            BigEndian.setU16(frames[i], IPV4_BYTES + 2, PORT);
        }
    }

    /** Of a flow that was not seen for thousands of others. */
    @Benchmark
    public Verdict newFlow() {
        turn = turn + 1 & Integer.MAX_VALUE;
        // Long before it is read: that a byte was just written would slow reading it, as it does for no real frame.
        byte[] later = frames[(turn + FLOWS / 2) % FLOWS];
        BigEndian.setU16(later, IPV4_BYTES, turn);
        later[15] = (byte) (turn >>> 16);
        return judged(frames[turn % FLOWS]);
    }

    /** Of the flow of the frame before. */
    @Benchmark
    public Verdict sameFlow() {
        return judged(frames[0]);
    }

    /** Of one of a few flows in turn. */
    @Benchmark
    public Verdict knownFlow() {
        turn = turn + 1 & Integer.MAX_VALUE;
        return judged(frames[turn % FLOWS]);
    }

    private Verdict judged(byte[] bytes) {
        Verdict verdict =
                judge.outbound(view, null, PEER, sourceMac, destinationMac, IPV4, bytes, 0, bytes.length, false);
        if (verdict != Verdict.ACCEPT) {
            throw new IllegalStateException("the rules said " + verdict);
        }
        return verdict;
    }
}
