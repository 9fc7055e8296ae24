// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.orrery.core.crypto.SecretIdentity;

/** Two identities that are kept in a file, because making one takes a while. */
final class Identities {
    private static final String FILE = "identities.txt";

    private Identities() {}

    static SecretIdentity first() {
        return at(0);
    }

    static SecretIdentity second() {
        return at(1);
    }

    private static SecretIdentity at(int index) {
        try (var in = Objects.requireNonNull(Identities.class.getResourceAsStream(FILE), FILE)) {
            List<String> texts = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
            return SecretIdentity.parse(texts.get(index)).orElseThrow();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
