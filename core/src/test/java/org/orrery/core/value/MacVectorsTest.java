// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.wire.WireVectors.bytes;
import static org.orrery.core.wire.WireVectors.hex;
import static org.orrery.core.wire.WireVectors.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.orrery.core.wire.WireVectors;
import tools.jackson.databind.JsonNode;

/** MACs, groups and addresses that follow from network and member, against recorded behaviour of both versions. */
class MacVectorsTest {
    private static final JsonNode FILE = WireVectors.file("mac");

    @Test
    void derivesMacsAndAddresses() {
        for (JsonNode vector : FILE.required("derived")) {
            long network = hex(vector, "networkId");
            long address = hex(vector, "address");
            long mac = Mac.derive(address, network);
            assertThat(mac).isEqualTo(hex(vector, "mac"));
            assertThat(Mac.toAddress(mac, network)).isEqualTo(hex(vector, "backToAddress"));
            assertPrefix(DerivedAddresses.rfc4193(network, address), vector, "rfc4193");
            assertPrefix(DerivedAddresses.sixPlane(network, address), vector, "sixPlane");
            assertPrefix(DerivedAddresses.linkLocal(mac), vector, "linkLocal");
        }
    }

    private static void assertPrefix(Prefix prefix, JsonNode vector, String field) {
        assertThat(prefix.ip().bytes()).isEqualTo(bytes(vector, field));
        assertThat(prefix.bits()).isEqualTo(vector.required(field + "Bits").intValue());
    }

    @Test
    void mixesTheNetworkIntoTheFirstOctet() {
        for (JsonNode vector : FILE.required("firstOctet")) {
            assertThat(Mac.firstOctet(hex(vector, "networkId"))).isEqualTo(hex(vector, "firstOctet"));
        }
        for (JsonNode vector : FILE.required("foreignMacToAddress")) {
            long network = hex(vector, "networkId");
            long mac = hex(vector, "mac");
            assertThat(Mac.toAddress(mac, network)).isEqualTo(hex(vector, "toAddress"));
            assertThat(mac >>> 40 == Mac.firstOctet(network))
                    .isEqualTo(vector.required("firstOctetMatches").booleanValue());
        }
    }

    @Test
    void knowsClassesAndText() {
        for (JsonNode vector : FILE.required("classes")) {
            var mac = new Mac(hex(vector, "mac"));
            assertThat(mac).hasToString(text(vector, "text"));
            assertThat(Mac.parse(mac.toString())).contains(mac);
            assertThat(mac.equals(Mac.BROADCAST))
                    .isEqualTo(vector.required("isBroadcast").booleanValue());
            assertThat(Mac.multicast(mac.bits()))
                    .isEqualTo(vector.required("isMulticast").booleanValue());
            assertThat(Mac.locallyAdministered(mac.bits()))
                    .isEqualTo(vector.required("isLocallyAdministered").booleanValue());
            assertThat(!mac.equals(Mac.NONE))
                    .isEqualTo(vector.required("nonZero").booleanValue());
            assertThat(hex(vector, "wire")).isEqualTo(mac.bits());
        }
    }

    /** The reference picks hex digits out of any text; everything but the three usual forms is refused here. */
    @Test
    void readsTheUsualTextForms() {
        Set<String> refused = Set.of("aabbccddeeff00", "11:22:33", "", "zz", "1:2:3:4:5:6", "fe 11 22 33 44 55");
        for (JsonNode vector : FILE.required("textParsing")) {
            String text = text(vector, "text");
            if (refused.contains(text)) {
                assertThat(Mac.parse(text)).as(text).isEmpty();
            } else {
                assertThat(Mac.parse(text)).as(text).contains(new Mac(hex(vector, "mac")));
            }
        }
    }

    @Test
    void namesTheGroupThatResolvesAnAddress() {
        for (JsonNode vector : FILE.required("addressResolutionGroups")) {
            if (!text(vector, "ip").isEmpty()) {
                assertThat(MulticastGroup.resolving(Ip.parse(text(vector, "ip")).orElseThrow()))
                        .isEqualTo(new MulticastGroup(new Mac(hex(vector, "groupMac")), (int) hex(vector, "adi")));
            }
        }
    }

    @Test
    void sortsGroups() {
        var expected = new ArrayList<MulticastGroup>();
        for (JsonNode vector : FILE.required("groupSortOrder")) {
            expected.add(new MulticastGroup(new Mac(hex(vector, "mac")), (int) hex(vector, "adi")));
        }
        var shuffled = new ArrayList<>(expected);
        Collections.shuffle(shuffled, new Random(1));
        Collections.sort(shuffled);
        assertThat(shuffled).isEqualTo(expected);
    }

    @Test
    void findsTheMemberInADerivedAddress() {
        var random = new Random(2);
        for (int round = 0; round < 2000; round++) {
            long network = random.nextLong();
            long own = random.nextLong() >>> 24;
            long other = random.nextLong() >>> 24;
            Prefix ownRfc4193 = DerivedAddresses.rfc4193(network, own);
            Ip otherRfc4193 = DerivedAddresses.rfc4193(network, other).ip();
            assertThat(DerivedAddresses.embeddedAddress(network, ownRfc4193, otherRfc4193))
                    .isEqualTo(other);
            Prefix ownPlane = DerivedAddresses.sixPlane(network, own);
            Ip otherPlane = DerivedAddresses.sixPlane(network, other).ip();
            Ip insidePlane = Ip.v6(otherPlane.high(), otherPlane.low() ^ random.nextLong() >>> 16);
            assertThat(DerivedAddresses.embeddedAddress(network, ownPlane, otherPlane))
                    .isEqualTo(other);
            assertThat(DerivedAddresses.embeddedAddress(network, ownPlane, insidePlane))
                    .isEqualTo(other);

            long elsewhere = network ^ 1L << random.nextInt(32);
            assertThat(DerivedAddresses.embeddedAddress(
                            network,
                            ownRfc4193,
                            DerivedAddresses.rfc4193(elsewhere, other).ip()))
                    .isEqualTo(-1);
            assertThat(DerivedAddresses.embeddedAddress(
                            network,
                            ownPlane,
                            DerivedAddresses.sixPlane(elsewhere, other).ip()))
                    .isEqualTo(-1);
            // A 6PLANE address of another network is no reason to answer for its members.
            assertThat(DerivedAddresses.embeddedAddress(elsewhere, ownPlane, otherPlane))
                    .isEqualTo(-1);
            Prefix plain = new Prefix(ownRfc4193.ip(), 64);
            assertThat(DerivedAddresses.embeddedAddress(network, plain, otherRfc4193))
                    .isEqualTo(-1);
        }
    }
}
