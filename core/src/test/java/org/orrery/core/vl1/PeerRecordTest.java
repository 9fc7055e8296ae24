// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CheapIdentity;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Endpoint;
import org.orrery.core.verb.PeerVersion;

class PeerRecordTest {
    private static final Identity ADA = CheapIdentity.of(0x2020202020L).identity();
    private static final List<Endpoint> TWO = List.of(
            Endpoint.parse("10.1.2.3/9993").orElseThrow(),
            Endpoint.parse("2001:db8::1/500").orElseThrow());

    @Test
    void isReadAsItWasWritten() {
        for (boolean numbers : new boolean[] {false, true}) {
            var record = new PeerRecord(ADA, new PeerVersion(12, 1, 14, 2), TWO, numbers);
            assertThat(PeerRecord.read(record.bytes())).isEqualTo(record);
        }
    }

    @Test
    void hasTheLengthAndVersionOfTheReferences() {
        byte[] bytes = new PeerRecord(ADA, new PeerVersion(12, 1, 14, 2), List.of(), false).bytes();
        assertThat(bytes).hasSize(82);
        assertThat(bytes[0]).isEqualTo((byte) 2);
        assertThat(Arrays.copyOfRange(bytes, 72, 82)).containsExactly(0, 12, 0, 1, 0, 14, 0, 2, 0, 0);
    }

    @Test
    void refusesWhatIsCutOrOfAnotherFormat() {
        byte[] bytes = new PeerRecord(ADA, new PeerVersion(12, 1, 14, 2), TWO, false).bytes();
        for (int length = 0; length < bytes.length; length++) {
            assertThat(PeerRecord.read(Arrays.copyOf(bytes, length))).isNull();
        }
        bytes[0] = 1;
        assertThat(PeerRecord.read(bytes)).isNull();
    }

    @Test
    void keepsFewEndpointsOfMany() {
        Endpoint[] many = new Endpoint[9];
        Arrays.setAll(many, i -> Endpoint.parse("10.1.2." + i + "/1").orElseThrow());
        var record = new PeerRecord(ADA, new PeerVersion(9, 1, 2, 0), List.of(many), false);
        assertThat(requireNonNull(PeerRecord.read(record.bytes())).endpoints())
                .containsExactlyElementsOf(List.of(many).subList(0, PeerRecord.ENDPOINTS_MAX));
    }
}
