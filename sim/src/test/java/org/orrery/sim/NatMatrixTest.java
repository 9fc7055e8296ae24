// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;

/** Two members of a network behind every pair of routers: who gets a direct path, and how fast. */
class NatMatrixTest {
    private static final Map<String, @Nullable NatKind> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("none", null);
        KINDS.put("full cone", NatKind.FULL_CONE);
        KINDS.put("address", NatKind.ADDRESS_RESTRICTED);
        KINDS.put("port", NatKind.PORT_RESTRICTED);
        KINDS.put("sym seq", NatKind.SYMMETRIC_SEQUENTIAL);
        KINDS.put("symmetric", NatKind.SYMMETRIC);
    }

    private static final long LIMIT_MILLIS = 60_000;

    private static SimHost place(Lab lab, int number, @Nullable NatKind kind) {
        if (kind == null) {
            SimHost member = lab.member(number);
            member.start();
            return member;
        }
        Nat nat = lab.internet.nat("router" + number, Ip.v4(80, number, 0, 1), kind);
        SimHost member = lab.memberBehind(number, nat, Ip.v4(192, 168, 1, 10 + number));
        member.start();
        return member;
    }

    /** Milliseconds from the first ping until both have a direct path; negative if they do not get there. */
    private static long direct(long seed, @Nullable NatKind first, @Nullable NatKind second) {
        var lab = new Lab(seed, 2);
        SimHost a = place(lab, 1, first);
        SimHost b = place(lab, 2, second);
        NetworkId network = lab.controller.network(1, true);
        lab.join(network, List.of(a, b), 30_000);
        long start = lab.internet.nowMillis();
        Ping ping = lab.ping(network, a, b, (int) (LIMIT_MILLIS / 100), 100);
        boolean reached = lab.internet.runUntil(() -> a.direct(b) && b.direct(a), LIMIT_MILLIS);
        long millis = lab.internet.nowMillis() - start;
        lab.internet.runFor(2_000);
        assertThat(ping.received()).as("relayed or direct, pings arrive").isPositive();
        lab.check();
        return reached ? millis : -1;
    }

    @Test
    void everyPairThatCanBeDirectIs() {
        var table = new StringBuilder();
        for (Map.Entry<String, @Nullable NatKind> row : KINDS.entrySet()) {
            table.append(String.format("%n%-10s", row.getKey()));
            for (Map.Entry<String, @Nullable NatKind> column : KINDS.entrySet()) {
                long millis = direct(11, row.getValue(), column.getValue());
                table.append(String.format(" %9s", millis < 0 ? "relayed" : millis + " ms"));
            }
        }
        System.out.println(table);
    }
}
