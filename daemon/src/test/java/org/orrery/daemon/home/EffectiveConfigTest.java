// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.daemon.home.EffectiveConfig.Source;

class EffectiveConfigTest {
    @TempDir
    private Path folder;

    private void write(String json) throws Exception {
        Files.writeString(folder.resolve("local.conf"), json.replace('\'', '"'));
    }

    private static EffectiveConfig.Entry entry(LocalConfigFile file, String name) {
        return file.effective().settings().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void saysWhereValuesComeFrom() throws Exception {
        write("{'settings': {'secondaryPort': 9994, 'tertiaryPort': [], 'lowBandwidthMode': true}}");
        LocalConfigFile file = LocalConfigFile.open(folder.resolve("local.conf"));
        file.startedWith(new EffectiveConfig.Start(9999, OptionalInt.of(9999)));
        assertThat(entry(file, "primaryPort").source()).isEqualTo(Source.COMMAND_LINE);
        assertThat(entry(file, "primaryPort").value().intValue()).isEqualTo(9999);
        assertThat(entry(file, "secondaryPort").source()).isEqualTo(Source.LOCAL_CONF);
        assertThat(entry(file, "tertiaryPort").source()).as("it was ignored").isEqualTo(Source.DEFAULT);
        assertThat(entry(file, "bind").source()).isEqualTo(Source.DEFAULT);
        assertThat(entry(file, "lowBandwidthMode").value().booleanValue()).isTrue();
        assertThat(file.effective().problems()).hasSize(1);
    }

    @Test
    void saysWhatNeedsARestart() throws Exception {
        write("{'settings': {'primaryPort': 9994}}");
        LocalConfigFile file = LocalConfigFile.open(folder.resolve("local.conf"));
        file.startedWith(new EffectiveConfig.Start(9994, OptionalInt.empty()));
        assertThat(file.effective().settings()).allMatch(each -> each.inForce().isEmpty());
        write("{'settings': {'primaryPort': 9995, 'secondaryPort': 9996, 'offloadTap': false}}");
        assertThat(file.check()).isPresent();
        assertThat(entry(file, "primaryPort").inForce())
                .hasValueSatisfying(old -> assertThat(old.intValue()).isEqualTo(9994));
        assertThat(entry(file, "offloadTap").inForce()).isPresent();
        assertThat(entry(file, "secondaryPort").inForce()).isEmpty();
    }

    @Test
    void saysWhyABrokenFileIsNotUsed() throws Exception {
        write("{'settings': {'secondaryPort': 9994}}");
        LocalConfigFile file = LocalConfigFile.open(folder.resolve("local.conf"));
        write("{'settings': ");
        file.check();
        assertThat(file.effective().fault()).startsWith("line 1, column ");
        assertThat(entry(file, "secondaryPort").value().intValue()).isEqualTo(9994);
        write("{}");
        file.check();
        assertThat(file.effective().fault()).isEmpty();
    }

    @Test
    void everySettingThatIsReadIsShown() throws Exception {
        LocalConfigFile file = LocalConfigFile.open(folder.resolve("local.conf"));
        assertThat(file.effective().settings().stream().map(EffectiveConfig.Entry::name))
                .containsExactlyInAnyOrderElementsOf(LocalConfigReader.SETTINGS);
    }

    @Test
    void aProxysPasswordIsNotShown() throws Exception {
        write("{'settings': {'relayProxy': 'http://ada:secret@10.0.0.1:3128'}}");
        LocalConfigFile file = LocalConfigFile.open(folder.resolve("local.conf"));
        assertThat(entry(file, "relayProxy").value().toString()).contains("ada").doesNotContain("secret");
    }
}
