// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.core.value.NetworkId;

class DeviceNamesTest {
    private static NetworkId network(String digits) {
        return NetworkId.parse(digits).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"8056c2e21c000001, ztmjfmfyq5", "343752eb180ebcb8, zt34xvyv5a", "74374e38035262aa, ztjq2bywvj"})
    void namesAreThoseOfTheReference(String network, String name) {
        assertThat(DeviceNames.free(network(network), taken -> false)).contains(name);
    }

    @Test
    void takesTheNextFreeName() {
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            String name = DeviceNames.free(network("8056c2e21c000001"), taken::contains)
                    .orElseThrow();
            assertThat(taken.add(name)).isTrue();
            assertThat(name).hasSize(10).matches("zt[a-z2-7]{8}");
        }
        assertThat(taken).contains("ztmjfmfyq5", "ztmjfmfyq6");
    }

    @Test
    void givesUpWhenAllAreTaken() {
        assertThat(DeviceNames.free(network("8056c2e21c000001"), taken -> true)).isEmpty();
    }

    @Test
    void readsADeviceMap() {
        String text = "8056c2e21c000001=zt0\n\nnonsense\n343752eb180ebcb8=zt1\r\n74374e38035262aa=\n"
                + "8056c2e21c000001=zt7\n74374e3803526=zt3\n74374e38035262aa=far-too-long-for-linux";
        DeviceNames.Chosen chosen = DeviceNames.parseMap(text);
        assertThat(chosen.names())
                .isEqualTo(Map.of(network("8056c2e21c000001"), "zt7", network("343752eb180ebcb8"), "zt1"));
        assertThat(chosen.faults())
                .extracting(fault -> fault.substring(0, 8))
                .containsExactly("line 3: ", "line 5: ", "line 7: ", "line 8: ");
        assertThat(DeviceNames.parseMap("# names\n\n").faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"zt0, true", "a/b, false", ".., false", "a b, false", "123456789012345, true", "1234567890123456, false"
    })
    void knowsWhatTheSystemTakes(String name, boolean valid) {
        assertThat(DeviceNames.valid(name)).isEqualTo(valid);
    }
}
