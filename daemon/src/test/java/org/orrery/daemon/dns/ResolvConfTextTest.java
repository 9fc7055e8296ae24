// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;

class ResolvConfTextTest {
    private static final String NODE = "343752eb18";

    private static Ip ip(String text) {
        return Ip.parse(text).orElseThrow();
    }

    private static NetworkDns network(int number, String domain, String... servers) {
        return new NetworkDns(
                new NetworkId(0x343752eb18000000L + number),
                "zt" + number,
                domain,
                Arrays.stream(servers).map(ResolvConfTextTest::ip).toList(),
                false);
    }

    @Test
    void putsServersFirstAndExtendsTheSearchListLast() {
        String base = "# mine\nsearch old.example\nnameserver 192.0.2.1\ndomain example.org\noptions edns0\n";
        assertThat(ResolvConfText.with(base, NODE, List.of(network(1, "lab.example", "10.1.0.1", "fd00::53"))))
                .isEqualTo("""
                        # begin orrery 343752eb18
                        # Name servers of joined networks; taken out when the node stops.
                        nameserver 10.1.0.1
                        nameserver fd00::53
                        # end orrery 343752eb18
                        # mine
                        search old.example
                        nameserver 192.0.2.1
                        domain example.org
                        options edns0
                        # begin orrery 343752eb18
                        search example.org lab.example
                        # end orrery 343752eb18
                        """);
    }

    @Test
    void leavesRoomForOneOfTheHostsServersAndForEachNetworksFirst() {
        List<NetworkDns> networks = List.of(
                network(1, "a.example", "10.1.0.1", "10.1.0.2"),
                network(2, "b.example", "10.2.0.1"),
                network(3, "c.example", "10.3.0.1"));
        assertThat(ResolvConfText.chosen("nameserver 192.0.2.1\n", networks))
                .containsExactly(ip("10.1.0.1"), ip("10.2.0.1"));
        assertThat(ResolvConfText.chosen("", networks)).containsExactly(ip("10.1.0.1"), ip("10.2.0.1"), ip("10.3.0.1"));
        assertThat(ResolvConfText.chosen("", networks.subList(0, 1))).containsExactly(ip("10.1.0.1"), ip("10.1.0.2"));
    }

    @Test
    void dropsNoneOfTheHostsOwnSearchDomains() {
        String own = "search a b c d e f g\n";
        assertThat(ResolvConfText.with(own, NODE, List.of(network(1, "lab.example", "10.1.0.1"))))
                .contains("search a b c d e f g\n# end");
        assertThat(ResolvConfText.with(
                        "search a b c d e\n",
                        NODE,
                        List.of(network(1, "lab.example", "10.1.0.1"), network(2, "x.example", "10.1.0.1"))))
                .contains("search a b c d e lab.example\n# end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "nameserver 192.0.2.1", "nameserver 192.0.2.1\n", "\r\nsearch x\r\n", "#\u00e9\n\n\n"})
    void takesOutWhatItPutInToTheByte(String base) {
        List<NetworkDns> networks = List.of(network(1, "lab.example", "10.1.0.1"), network(2, "b.example", "10.2.0.1"));
        String text = ResolvConfText.with(base, NODE, networks);
        assertThat(text).isNotEqualTo(base);
        assertThat(ResolvConfText.without(text, NODE)).isEqualTo(base);
        assertThat(ResolvConfText.without(base, NODE)).isEqualTo(base);
        assertThat(ResolvConfText.with(base, NODE, List.of())).isEqualTo(base);
    }

    @Test
    void takesOutWhatItPutIntoAnyText() {
        var random = new Random(20260712);
        List<String> pieces = List.of(
                "nameserver 192.0.2.1",
                "search a b",
                "# begin orrery",
                "# end orrery 343752eb18",
                "\n",
                "\n",
                " ",
                "x",
                "# begin orrery 1111111111\nnameserver 1.1.1.1\n# end orrery 1111111111\n");
        for (int i = 0; i < 2_000; i++) {
            String base = String.join(
                    "",
                    Stream.generate(() -> pieces.get(random.nextInt(pieces.size())))
                            .limit(random.nextInt(9))
                            .toList());
            String text = ResolvConfText.with(base, NODE, List.of(network(1, "lab.example", "10.1.0.1")));
            assertThat(ResolvConfText.without(text, NODE)).as(base).isEqualTo(base);
        }
    }

    @Test
    void nodesOfOneHostTakeOutOnlyTheirOwn() {
        String base = "nameserver 192.0.2.1\n";
        String one = ResolvConfText.with(base, NODE, List.of(network(1, "lab.example", "10.1.0.1")));
        String both = ResolvConfText.with(one, "1111111111", List.of(network(2, "b.example", "10.2.0.1")));
        String left = ResolvConfText.without(both, NODE);
        assertThat(left).contains("nameserver 10.2.0.1").doesNotContain("10.1.0.1");
        assertThat(ResolvConfText.without(left, "1111111111")).isEqualTo(base);
    }

    @Test
    void keepsWhatFollowsAMarkWithoutItsEnd() {
        String text = ResolvConfText.with("nameserver 192.0.2.1", NODE, List.of(network(1, "lab.example", "10.1.0.1")));
        String cut = text.substring(0, text.lastIndexOf("# end"));
        assertThat(ResolvConfText.without(cut, NODE)).isEqualTo("nameserver 192.0.2.1\nsearch lab.example\n");
    }
}
