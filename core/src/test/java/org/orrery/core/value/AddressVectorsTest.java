// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.wire.WireVectors.bytes;
import static org.orrery.core.wire.WireVectors.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.wire.WireVectors;
import tools.jackson.databind.JsonNode;

/** IP addresses, endpoints and prefixes against recorded behaviour. Orrery follows the newer version, but is strict. */
class AddressVectorsTest {
    private static final String OLD = "inetaddress";
    private static final String NEW = "inetaddress-1.14.2";

    /**
     * Malformed text, which the newer reference turns into a zero address or port and the older one mostly into none.
     * Every one of these is refused here. The empty text is "no address" to the reference, which is empty here too.
     */
    private static final Set<String> MALFORMED_ENDPOINTS = Set.of(
            "1.2.3.4", // without a port
            "1.2.3.4/",
            "1.2.3.4/65536",
            "1.2.3.4/70000",
            "1.2.3.4/-1",
            "1.2.3.4/abc",
            "1.2.3.4/24abc",
            "1.2.3.4/ 24",
            "1.2.3.4/24/8",
            "1.2.3.4:80",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "01.2.3.4",
            "1.2.3.4 ",
            " 1.2.3.4",
            "::",
            "2001:db8::1",
            "[2001:db8::1]/64",
            "2001:db8::1::2/64",
            "fe80::1%eth0/64",
            "1:2:3:4:5:6:7/64",
            "1:2:3:4:5:6:7:8:9/64",
            "12345::/64",
            "1.2.3.x/5",
            "g::1/5",
            "00001.2.3.4/7");

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void readsTextAsTheReferenceOrRefusesIt(String file) {
        int wellFormed = 0;
        for (JsonNode vector : WireVectors.file(file).required("textParsing")) {
            String text = text(vector, "text");
            Optional<Endpoint> parsed = Endpoint.parse(text);
            if (MALFORMED_ENDPOINTS.contains(text) || vector.required("family").intValue() == 0) {
                assertThat(parsed).as(text).isEmpty();
                continue;
            }
            wellFormed++;
            assertThat(parsed)
                    .as(text)
                    .contains(new Endpoint(ip(vector), vector.required("port").intValue()));
            if (file.equals(NEW)) {
                assertThat(parsed.orElseThrow()).as(text).hasToString(text(vector, "backToText"));
            }
        }
        assertThat(wellFormed).isGreaterThan(10);
    }

    @Test
    void writesTextAsTheNewerReference() {
        for (JsonNode vector : WireVectors.file(NEW).required("wire")) {
            if (vector.required("family").intValue() != 0) {
                Endpoint endpoint =
                        new Endpoint(ip(vector), vector.required("port").intValue());
                assertThat(endpoint).hasToString(text(vector, "text"));
                assertThat(endpoint.ip()).hasToString(text(vector, "ipText"));
                assertThat(Endpoint.parse(endpoint.toString())).contains(endpoint);
                assertThat(endpoint.ip().bytes()).isEqualTo(bytes(vector, "ip"));
            }
        }
    }

    /** The older reference writes all 32 digits of an IPv6 address; that text is only read here. */
    @Test
    void readsTheLongTextOfTheOlderReference() {
        for (JsonNode vector : WireVectors.file(OLD).required("wire")) {
            if (vector.required("family").intValue() != 0) {
                assertThat(Endpoint.parse(text(vector, "text")))
                        .contains(
                                new Endpoint(ip(vector), vector.required("port").intValue()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void masksPrefixes(String file) {
        for (JsonNode vector : WireVectors.file(file).required("prefixes")) {
            Prefix prefix = Prefix.parse(text(vector, "text")).orElseThrow();
            Ip ones = prefix.ip().v6() ? Ip.v6(-1, -1) : Ip.v4(-1);
            assertThat(prefix.ip()).isEqualTo(ip(vector));
            assertThat(prefix.bits()).isEqualTo(vector.required("bits").intValue());
            assertThat(ones.masked(prefix.bits()).bytes()).isEqualTo(bytes(vector, "netmask"));
            assertThat(prefix.network().ip().bytes()).isEqualTo(bytes(vector, "network"));
            assertThat(prefix.namesNetwork())
                    .isEqualTo(vector.required("isNetwork").booleanValue());
            assertThat(prefix.network().namesNetwork())
                    .isEqualTo(vector.required("networkIsNetwork").booleanValue());
        }
        for (JsonNode vector : WireVectors.file(file).required("defaultRoute")) {
            if (!vector.required("bitsValid").booleanValue()) {
                continue; // no address, or more bits than the family has: such a prefix cannot be made
            }
            var prefix = new Prefix(ip(vector), vector.required("port").intValue());
            assertThat(prefix.defaultRoute())
                    .isEqualTo(vector.required("isDefaultRoute").booleanValue());
            assertThat(prefix.namesNetwork())
                    .isEqualTo(vector.required("isNetwork").booleanValue());
        }
    }

    /** The reference does not mask the host bits of an IPv6 prefix, so that one with host bits contains almost nothing. */
    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void containsWithBothSidesMasked(String file) {
        Set<String> differing = new TreeSet<>();
        for (JsonNode vector : WireVectors.file(file).required("contains")) {
            String network = text(vector, "network");
            String address = text(vector, "address");
            if (network.isEmpty() || address.isEmpty()) {
                assertThat(vector.required("contains").booleanValue()).isFalse(); // such an address cannot be made
                continue;
            }
            boolean contains = Prefix.parse(network)
                    .orElseThrow()
                    .contains(Ip.parse(address).orElseThrow());
            if (contains != vector.required("contains").booleanValue()) {
                differing.add(Prefix.parse(network).orElseThrow() + " "
                        + Ip.parse(address).orElseThrow());
            }
        }
        assertThat(differing).containsExactly("2001:db8::1/32 2001:db8::1", "2001:db8::1/32 2001:db8::2");
    }

    @Test
    void knowsTheScopesOfTheNewerReference() {
        for (JsonNode vector : WireVectors.file(NEW).required("scopes")) {
            String address = text(vector, "address");
            if (address.isEmpty()) {
                continue;
            }
            Ip ip = Ip.parse(address).orElseThrow();
            assertThat(ip).as(address).isEqualTo(ip(vector));
            assertThat(ip.scope().id())
                    .as(address)
                    .isEqualTo(vector.required("scope").intValue());
            assertThat(ip.usableForPaths())
                    .as(address)
                    .isEqualTo(vector.required("validForPath").booleanValue());
        }
    }

    @Test
    void differsFromTheOlderReferenceOnlyInTheseScopes() {
        Set<String> differing = new TreeSet<>();
        for (JsonNode vector : WireVectors.file(OLD).required("scopes")) {
            if (text(vector, "address").isEmpty()) {
                continue;
            }
            Ip ip = ip(vector);
            if (ip.scope().id() != vector.required("scope").intValue()) {
                differing.add(block(ip) + " " + vector.required("scope").intValue() + " is "
                        + ip.scope().id());
            }
        }
        assertThat(differing)
                .containsExactlyInAnyOrder(
                        "44/8 3 is 4",
                        "100.64/10 6 is 7",
                        "192.0.2/24 4 is 7",
                        "198.18/15 4 is 7",
                        "198.51.100/24 4 is 7",
                        "203.0.113/24 4 is 7",
                        "::ffff:127/104 4 is 2");
    }

    private static String block(Ip ip) {
        for (String block : List.of(
                "44.0.0.0/8 44/8",
                "100.64.0.0/10 100.64/10",
                "192.0.2.0/24 192.0.2/24",
                "198.18.0.0/15 198.18/15",
                "198.51.100.0/24 198.51.100/24",
                "203.0.113.0/24 203.0.113/24",
                "::ffff:127.0.0.0/104 ::ffff:127/104")) {
            String[] prefixAndName = block.split(" ");
            if (Prefix.parse(prefixAndName[0]).orElseThrow().contains(ip)) {
                return prefixAndName[1];
            }
        }
        return ip.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void comparesLikeTheReference(String file) {
        for (JsonNode vector : WireVectors.file(file).required("comparison")) {
            Optional<Endpoint> a = Endpoint.parse(text(vector, "a"));
            Optional<Endpoint> b = Endpoint.parse(text(vector, "b"));
            assertThat(a.equals(b)).isEqualTo(vector.required("equal").booleanValue());
            assertThat(a.map(Endpoint::ip).equals(b.map(Endpoint::ip)))
                    .isEqualTo(vector.required("ipsEqual").booleanValue());
        }
    }

    @Test
    void textAndOrderAreConsistent() {
        var random = new Random(1);
        var ips = new ArrayList<Ip>();
        for (int i = 0; i < 5000; i++) {
            // Half of the groups are zero, so that all kinds of gaps come up.
            long high = random.nextLong() & mask(random);
            long low = random.nextLong() & mask(random);
            Ip ip = random.nextInt(4) == 0 ? Ip.v4((int) low) : Ip.v6(high, low);
            assertThat(Ip.parse(ip.toString())).contains(ip);
            assertThat(Ip.of(ip.bytes(), 0, ip.v6())).isEqualTo(ip);
            ips.add(ip);
        }
        Collections.sort(ips);
        for (int i = 1; i < ips.size(); i++) {
            assertThat(ips.get(i - 1).compareTo(ips.get(i))).isLessThanOrEqualTo(0);
            assertThat(ips.get(i).compareTo(ips.get(i - 1))).isGreaterThanOrEqualTo(0);
        }
    }

    private static long mask(Random random) {
        long mask = 0;
        for (int group = 0; group < 4; group++) {
            mask = mask << 16 | (random.nextBoolean() ? 0xffff : 0);
        }
        return mask;
    }

    private static Ip ip(JsonNode vector) {
        byte[] ip = bytes(vector, "ip");
        return Ip.of(ip, 0, ip.length == 16);
    }
}
