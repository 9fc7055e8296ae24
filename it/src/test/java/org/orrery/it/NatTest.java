// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.cli.interop.nat.Nat;
import org.orrery.cli.interop.nat.NatCast;
import org.orrery.cli.interop.nat.NatScenario;
import org.orrery.cli.interop.nat.NatStage;

/** Two members behind two routers: the pair of routers decides whether they meet directly. */
@Tag("root")
@ExtendWith(RootOnly.class)
final class NatTest {
    /** It is about one second on an idle machine. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final Duration FOUND = Duration.ofSeconds(15);

    private static NatStage stage;

    @BeforeAll
    static void build() throws Exception {
        stage = NatStage.open(NatCast.with(List.of()).getFirst());
    }

    @AfterAll
    static void takeAway() throws Exception {
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void membersBehindPortRestrictedRoutersMeetDirectly() throws Exception {
        var result = play(Nat.PORT_RESTRICTED, Nat.PORT_RESTRICTED);
        assertThat(result.direct().orElseThrow()).isLessThan(SOON);
    }

    /** A search fails, or is late, in 2 % of all cases, twice in 0.04 %; the next one would come after ten minutes. */
    @Test
    void aMemberBehindASymmetricRouterIsFoundFromBehindAPortRestrictedOne() throws Exception {
        var result = play(Nat.SYMMETRIC, Nat.PORT_RESTRICTED);
        if (result.direct().filter(after -> after.compareTo(FOUND) < 0).isEmpty()) {
            result = play(Nat.PORT_RESTRICTED, Nat.SYMMETRIC);
        }
        assertThat(result.direct())
                .as(result.words())
                .hasValueSatisfying(after -> assertThat(after).isLessThan(FOUND));
    }

    @Test
    void membersBehindSymmetricRoutersAreRelayedAndSayWhy() throws Exception {
        var result = play(Nat.SYMMETRIC, Nat.SYMMETRIC);
        assertThat(result.direct()).isEmpty();
        assertThat(result.firstAnswer()).isLessThan(SOON);
        assertThat(result.said()).hasSize(2).allMatch(why -> why.contains("addresses were tried, none has answered"));
    }

    private static NatScenario.Result play(Nat a, Nat b) throws Exception {
        var pair = new NatScenario(a, b);
        var result = pair.play(stage);
        System.out.println(pair.name() + ": " + result.words());
        return result;
    }
}
