// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.orrery.core.crypto.SecretIdentity;

/** Throw-away identities, kept in a file because making one takes a while. */
final class IdentityPool {
    private static final String FILE = "/identities.txt";
    static final int COUNT = 516;
    private static final List<String> TEXTS = load();

    private IdentityPool() {}

    private static List<String> load() {
        try (var in = Objects.requireNonNull(IdentityPool.class.getResourceAsStream(FILE), FILE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SecretIdentity get(int index) {
        return SecretIdentity.parse(TEXTS.get(index)).orElseThrow();
    }

    /** Makes the file anew: {@code IdentityPool FILE}. */
    static final class Maker {
        private Maker() {}

        public static void main(String[] args) throws IOException {
            List<String> lines = new ArrayList<>();
            lines.add("# Identities for simulations only: their secrets are public.");
            for (int i = 0; i < COUNT; i++) {
                try (SecretIdentity identity = SecretIdentity.generate(new SecureRandom(), 2)) {
                    lines.add(identity.secretText());
                }
            }
            Files.writeString(Path.of(args[0]), String.join("\n", lines) + "\n");
        }
    }
}
