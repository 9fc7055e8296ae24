// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Any text compiles or has errors with places, and is laid out without becoming another. */
final class RuleScriptFuzzTest {
    private static final int SCRIPTS = Integer.getInteger("orrery.rulelang.scripts", 1000);
    private static final long SEED = Long.getLong("orrery.rulelang.seed", 20261);

    @FuzzTest(maxDuration = "10m")
    void anyText(byte[] text) {
        Scripts.check(new String(text, StandardCharsets.UTF_8));
    }

    @Test
    void wordsByChance() {
        var random = new Random(SEED);
        for (int i = 0; i < SCRIPTS; i++) {
            Scripts.check(Scripts.random(random));
        }
    }
}
