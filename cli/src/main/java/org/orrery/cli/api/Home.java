// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.orrery.daemon.home.HomePath;

/** A node's home folder, as far as a client reads it: where the node listens, and the token that opens it. */
public record Home(Path folder) {
    private static final String PORT_FILE = "zerotier-one.port";
    private static final String TOKEN_FILE = "authtoken.secret";
    private static final String USER_TOKEN_FILE = ".zeroTierOneAuthToken";

    /**
     * The home of a node that is about to start, unless it is named: {@code ORRERY_HOME}, else {@code ZEROTIER_HOME}, else by
     * the user.
     */
    public static Home ofNode(Map<String, String> environment) {
        return new Home(HomePath.usual(environment, isRoot(), userFolder(environment)));
    }

    /**
     * The home of the node that a client means, unless it is named: as {@link #ofNode}, but a user without a node of
     * their own means the one that runs as root.
     */
    public static Home ofClient(Map<String, String> environment) {
        Home own = ofNode(environment);
        if (own.port() == null && HomePath.named(environment).isEmpty() && Files.exists(HomePath.OF_ROOT)) {
            return new Home(HomePath.OF_ROOT);
        }
        return own;
    }

    private static Path userFolder(Map<String, String> environment) {
        return Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", ".")));
    }

    /** Whether this process is root's. */
    public static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    /** The port the node wrote down at its last start; null if it never did. */
    public @Nullable Integer port() {
        String digits = read(folder.resolve(PORT_FILE));
        try {
            int port = digits == null ? 0 : Integer.parseInt(digits);
            return port > 0 && port <= 0xffff ? port : null;
        } catch (NumberFormatException damaged) {
            return null;
        }
    }

    /** The token of the API, from the home folder or else the user's own copy; null if neither can be read. */
    public @Nullable String token(Map<String, String> environment) {
        String own = read(folder.resolve(TOKEN_FILE));
        return own != null ? own : read(userFolder(environment).resolve(USER_TOKEN_FILE));
    }

    /** Whether there is a token that this process may not read. */
    public boolean tokenIsHidden() {
        Path token = folder.resolve(TOKEN_FILE);
        return !Files.isReadable(folder) || Files.exists(token) && !Files.isReadable(token);
    }

    private static @Nullable String read(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            return text.isEmpty() ? null : text;
        } catch (IOException unreadable) {
            return null;
        }
    }
}
