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
    private static final String FILE = "identities.txt";
    static final int COUNT = 1_120;
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

    /** Makes what the file lacks: {@code IdentityPool$Maker FILE}. Minutes for all. */
    static final class Maker {
        private Maker() {}

        public static void main(String[] args) throws IOException {
            Path file = Path.of(args[0]);
            List<String> lines = new ArrayList<>(
                    Files.exists(file)
                            ? Files.readAllLines(file)
                            : List.of("# Identities for simulations only: their secrets are public."));
            while (lines.size() <= COUNT) {
                try (SecretIdentity identity = SecretIdentity.generate(new SecureRandom(), 2)) {
                    lines.add(identity.secretText());
                }
            }
            Files.writeString(file, String.join("\n", lines) + "\n");
        }
    }
}
