// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What this program is called, as opposed to the release of the protocol's first implementation it stands for. */
public final class Implementation {
    public static final String NAME = "Orrery";

    /** The build's version. */
    public static final String VERSION = version();

    private Implementation() {}

    private static String version() {
        try (InputStream in = Implementation.class.getResourceAsStream("version.txt")) {
            if (in == null) {
                throw new IllegalStateException("version.txt is missing from the build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
