// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Arguments;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.SecretFiles;
import org.orrery.cli.api.Terminal;
import org.orrery.core.crypto.CombinedPublicKey;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SignatureBytes;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.node.Version;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Hex;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

/** {@code orrery-idtool}: takes the arguments of {@code zerotier-idtool} and prints what that prints. */
public final class IdtoolMain {
    private static final int FAILED = 1;
    private static final int ADDRESS_DIGITS = 10;

    private final Terminal terminal;
    private final List<String> arguments;

    private IdtoolMain(Terminal terminal, List<String> arguments) {
        this.terminal = terminal;
        this.arguments = arguments;
    }

    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofProcess("orrery-idtool");
        terminal.exit(run(terminal, arguments));
    }

    /** The exit code. */
    public static int run(Terminal terminal, String... arguments) {
        return new IdtoolMain(terminal, List.of(arguments)).run();
    }

    private int run() {
        int given = arguments.size() - 1;
        return switch (given < 0 ? "" : arguments.getFirst()) {
            case "generate" -> generate();
            case "validate" -> given < 1 ? help(FAILED) : validate(arguments.get(1));
            case "getpublic" -> given < 1 ? help(FAILED) : publicOf(arguments.get(1));
            case "sign" -> given < 2 ? help(FAILED) : sign(arguments.get(1), arguments.get(2));
            case "verify" -> given < 3 ? help(FAILED) : verify(arguments.get(1), arguments.get(2), arguments.get(3));
            case "initmoon" -> given < 1 ? help(0) : initMoon(arguments.get(1));
            case "genmoon" -> given < 1 ? help(0) : generateMoon(arguments.get(1));
            default -> help(FAILED);
        };
    }

    private int generate() {
        String secretFile = arguments.size() > 1 ? arguments.get(1) : "";
        String publicFile = arguments.size() > 2 ? arguments.get(2) : "";
        String wanted = arguments.size() > 3 ? arguments.get(3).toLowerCase(Locale.ROOT) : "";
        if (!Hex.matches(wanted, wanted.length()) || wanted.length() > ADDRESS_DIGITS) {
            terminal.complain("vanity prefix must be at most " + ADDRESS_DIGITS + " hex digits: " + wanted);
            return FAILED;
        }
        try (SecretIdentity made = search(wanted)) {
            if (secretFile.isEmpty()) {
                terminal.out().print(made.secretText());
                return 0;
            }
            if (!write(secretFile, made.secretText(), true)) {
                return FAILED;
            }
            return publicFile.isEmpty() || write(publicFile, made.identity().toString(), false) ? 0 : FAILED;
        }
    }

    private SecretIdentity search(String wanted) {
        var random = new SecureRandom();
        int threads = Runtime.getRuntime().availableProcessors();
        String padded = wanted + "0".repeat(ADDRESS_DIGITS - wanted.length());
        while (true) {
            SecretIdentity made = SecretIdentity.generate(random, threads);
            String address = made.identity().address().toString();
            if (address.startsWith(wanted)) {
                if (!wanted.isEmpty()) {
                    terminal.complain("vanity address: found " + address + " !");
                }
                return made;
            }
            made.close();
            terminal.complain("vanity address: tried " + address + " looking for first " + 4 * wanted.length()
                    + " bits of " + padded);
        }
    }

    private boolean write(String name, String content, boolean secret) {
        try {
            if (secret) {
                SecretFiles.write(terminal.file(name), content);
            } else {
                Files.writeString(terminal.file(name), content);
            }
            terminal.line(name + " written");
            return true;
        } catch (IOException failure) {
            terminal.complain("Error writing to " + name);
            return false;
        }
    }

    private int validate(String argument) {
        Optional<Identity> identity = identity(argument);
        if (identity.isEmpty()) {
            return unreadableIdentity(argument);
        }
        if (!identity.get().valid()) {
            terminal.complain(argument + " FAILED validation.");
            return FAILED;
        }
        terminal.line(argument + " is a valid identity");
        return 0;
    }

    private int publicOf(String argument) {
        Optional<Identity> identity = identity(argument);
        if (identity.isEmpty()) {
            return unreadableIdentity(argument);
        }
        terminal.out().print(identity.get());
        return 0;
    }

    private int sign(String argument, String fileName) {
        if (identity(argument).isEmpty()) {
            return unreadableIdentity(argument);
        }
        Optional<SecretIdentity> secret = identityText(argument).flatMap(SecretIdentity::parse);
        if (secret.isEmpty()) {
            terminal.complain(argument + " does not contain a private key (must use private to sign)");
            return FAILED;
        }
        try (SecretIdentity signer = secret.get()) {
            byte[] content = content(fileName);
            if (content == null) {
                return unreadableFile(fileName);
            }
            terminal.out().print(Hex.of(signer.sign(content)));
            return 0;
        }
    }

    private int verify(String argument, String fileName, String signatureText) {
        Optional<Identity> identity = identity(argument);
        if (identity.isEmpty()) {
            return unreadableIdentity(argument);
        }
        byte[] content = content(fileName);
        if (content == null) {
            return unreadableFile(fileName);
        }
        if (verifies(identity.get(), content, signatureText)
                || verifies(identity.get(), content, text(signatureText).orElse(""))) {
            terminal.line(fileName + " signature valid");
            return 0;
        }
        terminal.complain(fileName + " signature check FAILED");
        return FAILED;
    }

    private static boolean verifies(Identity identity, byte[] content, String signatureText) {
        byte[] signature = Hex.bytes(signatureText);
        return signature != null && signature.length == SignatureBytes.BYTES && identity.verify(content, signature);
    }

    private int initMoon(String argument) {
        Optional<Identity> identity = identity(argument);
        if (identity.isEmpty()) {
            terminal.complain(argument + " is not a valid identity");
            return FAILED;
        }
        try (SignatureKeyPair keys = SignatureKeyPair.generate(new SecureRandom())) {
            Json key = Json.of(keys.publicKey().toString());
            Json root = Json.object(
                    Map.of("identity", Json.of(identity.get().toString()), "stableEndpoints", Json.array()));
            Json template = Json.object(Map.of(
                    "objtype", Json.of("world"),
                    "worldType", Json.of("moon"),
                    "id", Json.of(identity.get().address().toString()),
                    "updatesMustBeSignedBy", key,
                    "signingKey", key,
                    "signingKey_SECRET", Json.of(keys.secretText()),
                    "roots", Json.array(root)));
            terminal.line(template.indented());
            return 0;
        }
    }

    private int generateMoon(String fileName) {
        Optional<String> text = text(fileName);
        if (text.isEmpty()) {
            terminal.complain("cannot read " + fileName);
            return FAILED;
        }
        Json template;
        try {
            template = Json.parse(text.get());
        } catch (Json.Malformed malformed) {
            terminal.complain(fileName + " is not JSON: " + malformed.getMessage());
            return FAILED;
        }
        long id = lenientHex(template.at("id").text());
        if (id == 0) {
            terminal.complain("ID in " + fileName + " is invalid");
            return FAILED;
        }
        WorldType type =
                switch (template.at("worldType").text()) {
                    case "moon" -> WorldType.MOON;
                    case "planet" -> WorldType.PLANET;
                    default -> WorldType.NONE;
                };
        if (type == WorldType.NONE) {
            terminal.complain("invalid worldType");
            return FAILED;
        }
        List<World.Root> roots = new ArrayList<>();
        String wrong = readRoots(template, roots);
        Optional<SignatureKeyPair> signer =
                SignatureKeyPair.parse(template.at("signingKey_SECRET").text());
        Optional<CombinedPublicKey> updates =
                CombinedPublicKey.parse(template.at("updatesMustBeSignedBy").text());
        if (wrong == null && signer.isEmpty()) {
            wrong = "signingKey_SECRET must be 128 hex digits";
        } else if (wrong == null && updates.isEmpty()) {
            wrong = "updatesMustBeSignedBy must be 128 hex digits";
        }
        if (wrong != null || signer.isEmpty() || updates.isEmpty()) {
            terminal.complain(fileName + ": " + wrong);
            return FAILED;
        }
        try (SignatureKeyPair keys = signer.get()) {
            long now = terminal.clockMillis().getAsLong();
            World world = World.create(type, id, now, roots, updates.get(), keys);
            String name = Hex.of(id, 16) + ".moon";
            Files.write(terminal.file(name), world.bytes());
            terminal.line("wrote " + name + " (signed world with timestamp " + now + ")");
            return 0;
        } catch (IOException failure) {
            terminal.complain("cannot write " + Hex.of(id, 16) + ".moon: " + failure.getMessage());
            return FAILED;
        }
    }

    /** Adds the roots of the template to {@code roots}; the reason if one cannot be used. */
    private static @Nullable String readRoots(Json template, List<World.Root> roots) {
        for (Json root : template.at("roots").items()) {
            Optional<Identity> identity = Identity.parse(root.at("identity").text());
            if (identity.isEmpty()) {
                return "a root's identity is malformed: " + root.at("identity").text();
            }
            List<Endpoint> endpoints = new ArrayList<>();
            for (Json item : root.at("stableEndpoints").items()) {
                Optional<Endpoint> endpoint = Endpoint.parse(item.text());
                if (endpoint.isEmpty()) {
                    return "a stable endpoint is not IP/port: " + item.text();
                }
                endpoints.add(endpoint.get());
            }
            if (endpoints.size() > World.ENDPOINTS_MAX) {
                return "a root may have at most " + World.ENDPOINTS_MAX + " endpoints";
            }
            roots.add(new World.Root(identity.get(), endpoints));
        }
        return roots.size() > World.ROOTS_MAX ? "at most " + World.ROOTS_MAX + " roots fit" : null;
    }

    private static long lenientHex(String text) {
        String digits = text.startsWith("0x") ? text.substring(2) : text;
        return digits.length() <= 16 && !digits.isEmpty() && Hex.matches(digits, digits.length())
                ? Long.parseUnsignedLong(digits, 16)
                : 0;
    }

    private int unreadableIdentity(String argument) {
        terminal.complain("Identity argument invalid or file unreadable: " + argument);
        return FAILED;
    }

    private int unreadableFile(String fileName) {
        terminal.complain(fileName + " is not readable");
        return FAILED;
    }

    private Optional<Identity> identity(String argument) {
        return identityText(argument).flatMap(Identity::parse);
    }

    private Optional<String> identityText(String argument) {
        return Arguments.identityText(terminal.folder(), argument);
    }

    private Optional<String> text(String fileName) {
        return Arguments.text(terminal.folder(), fileName);
    }

    private byte @Nullable [] content(String fileName) {
        return Arguments.content(terminal.folder(), fileName);
    }

    private int help(int code) {
        terminal.out().print("""
                Orrery, compatible with ZeroTier One version %s
                Usage: %s <command> [<arguments>]

                Commands:
                  generate [<secret file>] [<public file>] [<vanity>]   make an identity
                  validate <identity>                                   check it, proof of work included
                  getpublic <identity>                                  its public part
                  sign <secret identity> <file>                         sign a file
                  verify <identity> <file> <signature>                  check a signature
                  initmoon <identity of first root>                     template of a moon
                  genmoon <template file>                               sign it

                An identity is given as text or as the name of a file that holds it.
                """.formatted(Version.COMPATIBLE, terminal.program()));
        return code;
    }
}
