// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.value.Prefix;

class NetworkSettingsTest {
    private static Prefix prefix(String text) {
        return Prefix.parse(text).orElseThrow();
    }

    @Test
    void textHasAllKeysInTheirOrder() {
        assertThat(NetworkSettings.DEFAULT.text())
                .isEqualTo("allowManaged=1\nallowGlobal=0\nallowDefault=0\nallowDNS=0\n");
    }

    @Test
    void emptyAndForeignTextGivesTheDefaults() {
        assertThat(NetworkSettings.read("").settings()).isEqualTo(NetworkSettings.DEFAULT);
        assertThat(NetworkSettings.read("\n=\nnonsense\nother=1\n").settings()).isEqualTo(NetworkSettings.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "T", "tru"})
    void flagsAreTrueByTheirFirstCharacter(String value) {
        NetworkSettings read = NetworkSettings.read("allowManaged=" + value + "\r\nallowDNS=" + value + "\r\n")
                .settings();
        assertThat(read.allowManaged()).isTrue();
        assertThat(read.allowDns()).isTrue();
        assertThat(read.only()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "", "false", "yes"})
    void otherFlagsAreFalse(String value) {
        assertThat(NetworkSettings.read("allowManaged=" + value + "\n")
                        .settings()
                        .allowManaged())
                .isFalse();
        assertThat(NetworkSettings.read("allowDefault=" + value + "\n")
                        .settings()
                        .allowDefault())
                .isFalse();
    }

    @Test
    void longValueIsAListOfNetworks() {
        NetworkSettings.Reading reading = NetworkSettings.read("allowManaged=10.0.0.0/8, fd00::/8,x/9\n");
        assertThat(reading.settings().allowManaged()).isTrue();
        assertThat(reading.settings().only()).containsExactly(prefix("10.0.0.0/8"), prefix("fd00::/8"));
        assertThat(reading.faults()).containsExactly("allowManaged: \"x/9\" is not a network/bits");
    }

    @Test
    void unreadableListAllowsNothing() {
        NetworkSettings read =
                NetworkSettings.read("allowManaged=10.0.0.0/99\n").settings();
        assertThat(read.allowManaged()).isFalse();
        assertThat(read.only()).isEmpty();
    }

    @Test
    void listSurvivesEveryChange() {
        NetworkSettings listed =
                new NetworkSettings(true, List.of(prefix("10.0.0.0/8"), prefix("fd00::/8")), false, false, false);
        NetworkSettings off = listed.with(new NetworkSettings.Change(
                Optional.of(false), Optional.empty(), Optional.of(true), Optional.empty(), Optional.empty()));
        assertThat(off.text()).startsWith("allowManaged=0\nallowGlobal=1\n");
        NetworkSettings read = NetworkSettings.read(off.text()).settings();
        assertThat(read).isEqualTo(off);
        NetworkSettings on = read.with(new NetworkSettings.Change(
                Optional.of(true), Optional.empty(), Optional.of(false), Optional.empty(), Optional.empty()));
        assertThat(NetworkSettings.read(on.text()).settings()).isEqualTo(listed);
    }

    @Test
    void shortestListIsNotTakenForAFlag() {
        NetworkSettings all = new NetworkSettings(true, List.of(prefix("::/0")), false, false, false);
        assertThat(NetworkSettings.read(all.text()).settings().only()).contains(prefix("::/0"));
        assertThat(NetworkSettings.read(all.text()).settings().allowManaged()).isTrue();
    }
}
