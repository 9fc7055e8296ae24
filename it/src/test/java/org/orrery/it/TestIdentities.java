// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.orrery.cli.lab.Lab;
import org.orrery.core.crypto.SecretIdentity;

/** Identities that are there already. */
final class TestIdentities {
    private TestIdentities() {}

    /** A laboratory of {@code hosts} hosts. */
    static Lab openLab(int hosts) throws IOException, InterruptedException {
        try (InputStream file = TestIdentities.class.getResourceAsStream("/identities.txt")) {
            if (file == null) {
                throw new AssertionError("identities.txt is missing");
            }
            List<SecretIdentity> identities = new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .limit(hosts)
                    .map(line -> SecretIdentity.parse(line).orElseThrow())
                    .toList();
            return Lab.open(identities);
        }
    }
}
