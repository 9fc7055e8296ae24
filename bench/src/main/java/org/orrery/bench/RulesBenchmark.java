// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.orrery.core.rules.CompiledRules;
import org.orrery.core.rules.FilterFrame;
import org.orrery.core.rules.FilterResult;
import org.orrery.core.rules.FilterScope;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.rules.Verdict;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;

/** A TCP frame against a table of ports, of which only the last lets it pass. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // what prepares is called first
public class RulesBenchmark {
    private static final int IPV4 = 0x0800;
    private static final int TCP = 6;
    private static final int FRAME_BYTES = 1_400;
    private static final int IPV4_BYTES = 20;
    private static final int PORT = 5201;

    @Param({"2", "20", "200"})
    int ports;

    private final SplittableRandom random = new SplittableRandom(1);
    private final FilterFrame frame = new FilterFrame();
    private final FilterResult result = new FilterResult();
    private final byte[] bytes = new byte[FRAME_BYTES];
    private CompiledRules rules;
    private FilterScope scope;

    public RulesBenchmark() {}

    @Setup
    public void prepare() {
        List<Rule> list = new ArrayList<>(List.of(
                Rule.of(RuleType.ETHERTYPE, IPV4).negated(),
                Rule.of(RuleType.DROP),
                Rule.of(RuleType.IP_PROTOCOL, TCP)));
        for (int i = 1; i < ports; i++) {
            list.add(Rule.of(RuleType.DESTINATION_PORT_RANGE, i, i));
            list.add(Rule.of(RuleType.ACCEPT));
        }
        list.add(Rule.of(RuleType.DESTINATION_PORT_RANGE, PORT, PORT));
        list.add(Rule.of(RuleType.ACCEPT));
        rules = CompiledRules.of(new RuleTable(list));
        scope = FilterScope.of(
                new NetworkId(0x1122334455000001L), new Address(0x1122334455L), FilterSide.UNKNOWN, 0, List.of());
        bytes[0] = 0x45;
        bytes[9] = TCP;
        bytes[IPV4_BYTES + 2] = (byte) (PORT >>> 8);
        bytes[IPV4_BYTES + 3] = (byte) PORT;
    }

    @Benchmark
    public Verdict rules() {
        frame.set(bytes, 0, bytes.length, IPV4, 0, 2, 3, 0x1122334455L, 0x66778899aaL, false);
        Verdict verdict = rules.evaluate(frame, scope, FilterSide.UNKNOWN, random, result);
        if (verdict != Verdict.ACCEPT) {
            throw new IllegalStateException("the rules said " + verdict);
        }
        return verdict;
    }
}
