// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import org.orrery.cli.api.Terminal;
import org.orrery.cli.command.Trouble;
import org.orrery.cli.explain.FaultException;
import org.orrery.cli.explain.RuleBook;
import org.orrery.daemon.json.Json;
import org.orrery.rulelang.RuleCompiler;

/** Rules from files, for explanations. */
final class RuleSource {
    /** A controller's largest network is a tenth of it. */
    private static final int BYTES_MAX = 16 * 1024 * 1024;

    private RuleSource() {}

    /** Reads JSON or a script, whichever the file holds; trouble if it is neither. */
    static RuleBook file(Terminal terminal, String argument) {
        byte[] bytes = bytes(terminal, argument, BYTES_MAX);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!text.stripLeading().startsWith("{") && !text.stripLeading().startsWith("[")) {
            RuleCompiler.Compilation script = new RuleFile(argument, null, text).compiled(terminal);
            var tables = Objects.requireNonNull(script.tables());
            return book(TablesJson.print(tables.json()).getBytes(StandardCharsets.UTF_8), argument);
        }
        return book(bytes, argument);
    }

    /** From the JSON of rules. */
    static RuleBook book(byte[] json, String where) {
        try {
            return RuleBook.of(Json.parse(json), where);
        } catch (Json.SyntaxException malformed) {
            throw new Trouble(where + " is not JSON: " + malformed.getMessage());
        } catch (FaultException fault) {
            throw new Trouble(fault.sentence() + ".");
        }
    }

    /** A file's bytes, or those of standard input for {@code -}; trouble if it cannot be read. */
    static byte[] bytes(Terminal terminal, String argument, int most) {
        try (InputStream in = open(terminal, argument)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new Trouble(argument + " is larger than " + most + " bytes.");
            }
            return bytes;
        } catch (IOException unreadable) {
            throw unreadable(argument, unreadable);
        }
    }

    static InputStream open(Terminal terminal, String argument) {
        try {
            return argument.equals("-") ? System.in : Files.newInputStream(terminal.file(argument));
        } catch (IOException | InvalidPathException unreadable) {
            throw unreadable(argument, unreadable);
        }
    }

    static Trouble unreadable(String argument, Exception failure) {
        return failure instanceof NoSuchFileException
                ? new Trouble("There is no file " + argument + ".")
                : new Trouble("Cannot read " + argument + ": " + failure.getMessage() + ".");
    }
}
