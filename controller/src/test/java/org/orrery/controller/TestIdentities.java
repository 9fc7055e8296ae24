// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.orrery.core.crypto.SecretIdentity;

/** Identities that were made once, for tests only. */
final class TestIdentities {
    private static final List<String> TEXTS = read();

    private TestIdentities() {}

    static SecretIdentity secret(int index) {
        return SecretIdentity.parse(TEXTS.get(index)).orElseThrow();
    }

    private static List<String> read() {
        try (InputStream in = Objects.requireNonNull(TestIdentities.class.getResourceAsStream("/identities.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
