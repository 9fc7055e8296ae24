// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Prefix;

class MulticastScanTest {
    private static final String LIST = """
            1    lo              1     0     333300000001
            7    zt34xvyv5a      1     0     01005e000001
            7    zt34xvyv5a      2     0     333300000001
            7    zt34xvyv5a      1     0     3333ff00a001
            8    zt34xvyv5ax     1     0     01005e0000fb
            9    ib0             1     0     00ffffffff12401bffff00000000000000000001
            7    zt34xvyv5a      cut
            """;

    private static List<String> scan(String device, String... addresses) {
        return MulticastScan.groups(
                        LIST,
                        device,
                        List.of(addresses).stream()
                                .map(text -> Prefix.parse(text).orElseThrow())
                                .toList())
                .stream()
                .map(Object::toString)
                .toList();
    }

    @Test
    void takesTheLinesOfTheDeviceOnly() {
        assertThat(scan("zt34xvyv5a"))
                .containsExactly(
                        "01:00:5e:00:00:01/00000000", "33:33:00:00:00:01/00000000", "33:33:ff:00:a0:01/00000000");
        assertThat(scan("ib0")).isEmpty();
        assertThat(scan("zt")).isEmpty();
    }

    @Test
    void addsTheResolutionGroupOfEachAddressOnce() {
        assertThat(scan("lo", "10.1.2.3/24", "fd00::1200:a001/64", "fe80::34:a001/64", "255.255.255.255/32"))
                .containsExactly(
                        "33:33:00:00:00:01/00000000",
                        "33:33:ff:00:a0:01/00000000",
                        "33:33:ff:34:a0:01/00000000",
                        "ff:ff:ff:ff:ff:ff/0a010203",
                        "ff:ff:ff:ff:ff:ff/ffffffff");
    }
}
