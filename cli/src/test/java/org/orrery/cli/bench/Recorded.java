// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What programs printed and the kernel showed, as it was. */
final class Recorded {
    private Recorded() {}

    static String text(String file) throws IOException {
        try (var in = Objects.requireNonNull(Recorded.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
