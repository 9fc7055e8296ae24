// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

class CandidatesTest {
    private final Candidates candidates = new Candidates();

    private static Endpoint at(int number) {
        return new Endpoint(Ip.v4(70, 0, 0, number), 9993);
    }

    @Test
    void remembersWhoNamedItWhenItWasTriedAndWhatCameBack() {
        candidates.tried(at(1), Candidate.Source.PUSHED, 1_000);
        candidates.tried(at(1), Candidate.Source.PUSHED, 1_000); // from another socket
        candidates.tried(at(1), Candidate.Source.INTRODUCED, 1_700);
        assertThat(candidates.list())
                .containsExactly(new Candidate(at(1), Candidate.Source.PUSHED, 2, 1_700, 0, -1, ""));
        assertThat(candidates.list().getFirst().answers()).isFalse();

        candidates.answered(at(1), 1_735);
        candidates.answered(at(1), 1_900);
        assertThat(candidates.list())
                .containsExactly(new Candidate(at(1), Candidate.Source.PUSHED, 2, 1_700, 1_900, 35, ""));
        assertThat(candidates.list().getFirst().answers()).isTrue();
    }

    @Test
    void anAnswerFromAnotherEndpointThanAskedIsShown() {
        candidates.tried(at(1), Candidate.Source.PUSHED, 1_000);
        candidates.answered(at(2), 1_010);
        assertThat(candidates.list())
                .extracting(Candidate::at, Candidate::source)
                .contains(org.assertj.core.api.Assertions.tuple(at(2), Candidate.Source.HEARD));
    }

    @Test
    void isBoundedAndDropsTheOldest() {
        for (int i = 1; i <= Candidates.CANDIDATES_MAX; i++) {
            candidates.tried(at(i), Candidate.Source.PUSHED, 1_000L * i);
        }
        candidates.tried(at(1), Candidate.Source.PUSHED, 90_000);
        candidates.tried(at(200), Candidate.Source.PUSHED, 91_000);
        List<Endpoint> kept = candidates.list().stream().map(Candidate::at).toList();
        assertThat(kept)
                .hasSize(Candidates.CANDIDATES_MAX)
                .contains(at(1), at(200))
                .doesNotContain(at(2));
    }
}
