// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

class RelayedBecauseTest {
    private static final Endpoint HOME = new Endpoint(Ip.v4(192, 168, 1, 5), 9993);
    private static final Endpoint OUTSIDE = new Endpoint(Ip.v4(70, 0, 0, 1), 4_000);
    private static final List<NatMapping> SYMMETRIC =
            List.of(new NatMapping(HOME, NatMapping.Kind.ENDPOINT_DEPENDENT, List.of(OUTSIDE), 2));

    private final Candidates candidates = new Candidates();

    private String why(List<NatMapping> nat) {
        return RelayedBecause.text(false, RelayedBecause.Paths.NONE, true, candidates.list(), nat);
    }

    @Test
    void saysThatNothingIsKnown() {
        assertThat(why(SYMMETRIC))
                .isEqualTo("no address of it is known yet: neither a root nor the peer has named one");
    }

    @Test
    void countsWhatWasTriedAndBlamesTheNatOnlyIfItIsToBlame() {
        candidates.tried(HOME, Candidate.Source.PUSHED, 1_000);
        assertThat(why(List.of())).isEqualTo("1 address was tried and has not answered");
        candidates.tried(OUTSIDE, Candidate.Source.INTRODUCED, 1_000);
        assertThat(why(List.of())).isEqualTo("2 addresses were tried, none has answered");
        assertThat(why(SYMMETRIC))
                .isEqualTo(
                        "2 addresses were tried, none has answered; this node's NAT maps every destination to another"
                                + " port, so the peer cannot know where to answer");
        candidates.answered(OUTSIDE, 1_030);
        candidates.tried(OUTSIDE, Candidate.Source.INTRODUCED, 9_000);
        assertThat(why(List.of())).isEqualTo("2 addresses were tried, none has answered lately");
    }

    @Test
    void saysWhyAddressesMayNotBeUsed() {
        candidates.refused(HOME, Candidate.Source.PUSHED, "inside a virtual network of this node", 1_000);
        assertThat(why(List.of()))
                .isEqualTo("no address named for it may be used; 192.168.1.5/9993 is inside a virtual network of this"
                        + " node");
    }

    @Test
    void tellsAPathAtRestFromASilentOne() {
        assertThat(RelayedBecause.text(false, RelayedBecause.Paths.SILENT, true, List.of(), List.of()))
                .isEqualTo("its known paths have been silent for more than 19 s");
        assertThat(RelayedBecause.text(false, RelayedBecause.Paths.SILENT, false, List.of(), List.of()))
                .isEqualTo("its path is at rest, for nothing was exchanged with it for more than 8 min");
    }

    @Test
    void tellsAPathThatFailedFromOneThatWasLeft() {
        var path = new Path(1, HOME, () -> {}, 0);
        assertThat(RelayedBecause.Paths.of(new Path[] {path})).isEqualTo(RelayedBecause.Paths.SILENT);
        path.fail();
        assertThat(RelayedBecause.text(false, RelayedBecause.Paths.of(new Path[] {path}), true, List.of(), List.of()))
                .isEqualTo("its known paths stopped answering; they are asked again now and then");
    }

    @Test
    void aRootIsNotRelayedButSilent() {
        candidates.tried(OUTSIDE, Candidate.Source.LISTED, 1_000);
        assertThat(RelayedBecause.text(true, RelayedBecause.Paths.NONE, false, candidates.list(), SYMMETRIC))
                .isEqualTo("1 address was tried and has not answered");
        assertThat(RelayedBecause.text(true, RelayedBecause.Paths.NONE, false, List.of(), List.of()))
                .isEqualTo("none of its addresses could be tried: this node has no local address of their kind");
    }
}
