// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.orrery.cli.api.Terminal;
import org.orrery.cli.command.Trouble;
import org.orrery.rulelang.Diagnostic;
import org.orrery.rulelang.DiagnosticText;
import org.orrery.rulelang.RuleCompiler;
import org.orrery.rulelang.SourceText;

/**
 * A rule script somebody named.
 *
 * @param name what messages call it
 * @param path null if it came from standard input
 */
record RuleFile(
        String name, @org.jspecify.annotations.Nullable Path path, String text) {
    /** Four bytes for each character at the most. */
    private static final int BYTES_MAX = 4 * SourceText.LENGTH_MAX;

    /** Reads the file, or standard input for {@code -}. */
    static RuleFile read(Terminal terminal, String argument) {
        boolean standard = argument.equals("-");
        try {
            Path path = standard ? null : terminal.file(argument);
            byte[] bytes;
            try (var in = path == null ? System.in : Files.newInputStream(path)) {
                bytes = in.readNBytes(BYTES_MAX + 1);
            }
            if (bytes.length > BYTES_MAX) {
                throw new Trouble(argument + " is larger than " + BYTES_MAX + " bytes.");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return new RuleFile(standard ? "standard input" : argument, path, text);
        } catch (NoSuchFileException missing) {
            throw new Trouble("There is no file " + argument + ".");
        } catch (CharacterCodingException malformed) {
            throw new Trouble(argument + " is not UTF-8 text.");
        } catch (IOException | InvalidPathException unreadable) {
            throw new Trouble("Cannot read " + argument + ": " + unreadable.getMessage() + ".");
        }
    }

    /** Compiles it; trouble with every error if there are any. */
    RuleCompiler.Compilation compiled(Terminal terminal) {
        RuleCompiler.Compilation compilation = RuleCompiler.compile(text);
        if (compilation.tables() == null) {
            print(terminal, compilation.source(), compilation.errors());
            int count = compilation.errors().size();
            throw new Trouble(name + ": " + count + (count == 1 ? " error." : " errors."));
        }
        return compilation;
    }

    /** Prints diagnostics in the order of their places. */
    void print(Terminal terminal, SourceText source, List<Diagnostic> diagnostics) {
        diagnostics.stream()
                .sorted(Comparator.comparingInt(diagnostic -> diagnostic.span().start()))
                .flatMap(diagnostic -> DiagnosticText.lines(name, source, diagnostic).stream())
                .forEach(terminal::complain);
    }
}
