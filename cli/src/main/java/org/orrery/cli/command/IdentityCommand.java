// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Arguments;
import org.orrery.cli.api.SecretFiles;
import org.orrery.cli.api.Terminal;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SignatureBytes;
import org.orrery.core.value.Hex;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery identity}. */
@Command(
        name = "identity",
        description = "Make, show and check identities, and sign files with them.",
        subcommands = {
            IdentityCommand.New.class,
            IdentityCommand.Show.class,
            IdentityCommand.Validate.class,
            IdentityCommand.Sign.class,
            IdentityCommand.Verify.class
        },
        footer = {
            "",
            "An IDENTITY is its text or the name of a file that holds it.",
            "",
            "Examples:",
            "  orrery identity new root1.secret --public root1.public",
            "  orrery identity show /var/lib/orrery/identity.secret"
        })
final class IdentityCommand extends GroupCommand {
    static Identity identity(Terminal terminal, String argument) {
        return Arguments.identityText(terminal.folder(), argument)
                .flatMap(Identity::parse)
                .orElseThrow(() -> new Trouble("'" + argument + "' is not an identity, nor a readable file with one."));
    }

    /** {@code orrery identity new}. */
    @Command(
            name = "new",
            description = "Make an identity. Its secret goes to a new file, or to standard output.",
            footer = {"", "Example:", "  orrery identity new root1.secret --public root1.public"})
    static final class New extends Context implements Runnable {
        @Parameters(paramLabel = "FILE", arity = "0..1", description = "New file for the secret identity.")
        private @Nullable Path file;

        @Option(names = "--public", paramLabel = "FILE", description = "New file for the public identity.")
        private @Nullable Path publicFile;

        @Override
        public void run() {
            refuseExisting(file);
            refuseExisting(publicFile);
            int threads = Runtime.getRuntime().availableProcessors();
            try (SecretIdentity made = SecretIdentity.generate(new SecureRandom(), threads)) {
                if (file == null) {
                    terminal().line(made.secretText());
                } else {
                    SecretFiles.write(terminal().folder().resolve(file), made.secretText());
                    terminal().line(made.identity().toString());
                }
                if (publicFile != null) {
                    Files.writeString(
                            terminal().folder().resolve(publicFile),
                            made.identity().toString());
                }
            } catch (IOException failure) {
                throw new Trouble("Cannot write " + failure.getMessage() + ".");
            }
        }

        private void refuseExisting(@Nullable Path wanted) {
            if (wanted != null && Files.exists(terminal().folder().resolve(wanted))) {
                throw new Trouble(wanted + " exists and is not overwritten.", "Name another file, or move it away.");
            }
        }
    }

    /** {@code orrery identity show}. */
    @Command(name = "show", description = "Show the public part of an identity.")
    static final class Show extends Context implements Runnable {
        @Parameters(paramLabel = "IDENTITY", description = "Text or file, public or secret.")
        private String argument = "";

        @Override
        public void run() {
            terminal().line(identity(terminal(), argument).toString());
        }
    }

    /** {@code orrery identity validate}. */
    @Command(name = "validate", description = "Check that an identity's address belongs to its key.")
    static final class Validate extends Context implements Callable<Integer> {
        @Parameters(paramLabel = "IDENTITY", description = "Text or file, public or secret.")
        private String argument = "";

        @Override
        public Integer call() {
            Identity identity = identity(terminal(), argument);
            boolean valid = identity.valid();
            terminal().line(identity.address() + (valid ? " is valid" : " is NOT valid: its address is not its key's"));
            return valid ? 0 : 1;
        }
    }

    /** {@code orrery identity sign}. */
    @Command(name = "sign", description = "Sign a file; prints the signature.")
    static final class Sign extends Context implements Runnable {
        @Parameters(index = "0", paramLabel = "IDENTITY", description = "Text or file of a secret identity.")
        private String argument = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "What to sign.")
        private String file = "";

        @Override
        public void run() {
            identity(terminal(), argument);
            try (SecretIdentity signer = Arguments.identityText(terminal().folder(), argument)
                    .flatMap(SecretIdentity::parse)
                    .orElseThrow(() -> new Trouble("'" + argument + "' has no secret part: it cannot sign."))) {
                terminal().line(Hex.of(signer.sign(content(terminal(), file))));
            }
        }
    }

    private static byte[] content(Terminal terminal, String file) {
        byte[] content = Arguments.content(terminal.folder(), file);
        if (content == null) {
            throw new Trouble("Cannot read " + file + ".");
        }
        return content;
    }

    /** {@code orrery identity verify}. */
    @Command(name = "verify", description = "Check the signature of a file.")
    static final class Verify extends Context implements Callable<Integer> {
        @Parameters(index = "0", paramLabel = "IDENTITY", description = "Text or file, public or secret.")
        private String argument = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "What was signed.")
        private String file = "";

        @Parameters(index = "2", paramLabel = "SIGNATURE", description = "192 hex digits, or a file that holds them.")
        private String signature = "";

        @Override
        public Integer call() {
            Identity identity = identity(terminal(), argument);
            byte[] content = content(terminal(), file);
            byte[] bytes = Hex.bytes(signature);
            if (bytes == null) {
                bytes = Hex.bytes(Arguments.text(terminal().folder(), signature).orElse("-"));
            }
            if (bytes == null || bytes.length != SignatureBytes.BYTES) {
                throw new Trouble("A signature is " + 2 * SignatureBytes.BYTES + " hex digits, or a file with them.");
            }
            boolean good = identity.verify(content, bytes);
            terminal().line(file + (good ? " was signed by " : " was NOT signed by ") + identity.address());
            return good ? 0 : 1;
        }
    }
}
