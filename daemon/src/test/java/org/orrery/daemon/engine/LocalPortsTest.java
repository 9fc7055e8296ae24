// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.orrery.daemon.home.LocalConfig;

class LocalPortsTest {
    private final LocalPorts ports = new LocalPorts(9993, new Random(7), 0);

    private static LocalConfig.Settings settings(String members) throws Exception {
        String json = "{\"settings\": {" + members.replace('\'', '"') + "}}";
        return LocalConfig.parse(json.getBytes(StandardCharsets.UTF_8)).settings();
    }

    @Test
    void onePortIsEnoughWhileARootAnswers() throws Exception {
        ports.update(settings(""), false, false, 10_000);
        ports.update(settings(""), true, false, 44_000);
        ports.update(settings(""), false, false, 80_000);
        assertThat(ports.all()).containsExactly(9993);
    }

    @Test
    void aSecondOneComesWhenNoRootAnswersAndStaysOnceOneDoes() throws Exception {
        ports.update(settings(""), false, false, 50_000);
        int first = ports.secondary();
        assertThat(first).isBetween(20_000, 65_499);
        ports.update(settings(""), false, false, 100_000);
        assertThat(ports.secondary()).isEqualTo(first);
        ports.update(settings(""), false, false, 50_000 + LocalPorts.AGAIN_MILLIS);
        assertThat(ports.secondary()).isNotEqualTo(first).isNotZero();
        int second = ports.secondary();
        ports.update(settings(""), true, false, 900_000);
        assertThat(ports.all()).containsExactly(9993, second);
    }

    @Test
    void aRandomOneThatIsTakenIsDrawnAgain() throws Exception {
        ports.update(settings(""), false, false, 50_000);
        int first = ports.secondary();
        ports.update(settings(""), false, true, 51_000);
        assertThat(ports.secondary()).isNotEqualTo(first).isNotZero();
    }

    @Test
    void namedOnesAreThereAtOnceAndGoWithTheirNames() throws Exception {
        ports.update(settings("'secondaryPort': 9994, 'tertiaryPort': 9995"), true, false, 0);
        assertThat(ports.all()).containsExactly(9993, 9994, 9995);
        assertThat(ports.mapped()).isEqualTo(9995);
        ports.update(
                settings("'secondaryPort': 9993, 'tertiaryPort': 9995, 'portMappingEnabled': false"), true, false, 0);
        assertThat(ports.all()).containsExactly(9993);
        assertThat(ports.mapped()).isEqualTo(9993);
    }

    @Test
    void noneComesWhereNoneIsAllowed() throws Exception {
        ports.update(settings("'allowSecondaryPort': false, 'secondaryPort': 9994"), false, false, 900_000);
        assertThat(ports.all()).containsExactly(9993);
    }
}
