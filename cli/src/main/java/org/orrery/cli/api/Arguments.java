// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Arguments that are either a value or the name of a file that holds it. */
public final class Arguments {
    private static final int LITERAL_LENGTH_MIN = 33;
    private static final int ADDRESS_DIGITS = 10;

    private Arguments() {}

    /** The text of an identity: the argument itself if it is long and has a colon behind the address, else the file's. */
    public static Optional<String> identityText(Path folder, String argument) {
        boolean literal = argument.length() >= LITERAL_LENGTH_MIN && argument.charAt(ADDRESS_DIGITS) == ':';
        return literal ? Optional.of(argument.strip()) : text(folder, argument);
    }

    /** A file's text without white space around it; empty if it cannot be read. */
    public static Optional<String> text(Path folder, String fileName) {
        byte[] content = content(folder, fileName);
        return content == null ? Optional.empty() : Optional.of(new String(content, StandardCharsets.UTF_8).strip());
    }

    /** A file's bytes; null if it cannot be read. */
    public static byte @Nullable [] content(Path folder, String fileName) {
        try {
            Path file = folder.resolve(fileName);
            return Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
        } catch (IOException | InvalidPathException unreadable) {
            return null;
        }
    }
}
