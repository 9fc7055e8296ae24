// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.orrery.cli.api.Terminal;

/** A terminal whose output a test can read; its clock stands still. */
public final class Captured {
    public static final long NOW_MILLIS = 1_795_307_574_438L;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Terminal terminal;

    public Captured(Path folder) {
        this(folder, NOW_MILLIS);
    }

    public Captured(Path folder, long nowMillis) {
        terminal = new Terminal(
                "tool",
                Map.of("HOME", folder.resolve("nobody").toString(), "ZEROTIER_HOME", "home"),
                folder,
                () -> nowMillis,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    public Terminal terminal() {
        return terminal;
    }

    /** What went to standard output since the last call. */
    public String out() {
        return taken(out);
    }

    /** What went to standard error since the last call. */
    public String err() {
        return taken(err);
    }

    private static String taken(ByteArrayOutputStream stream) {
        String text = stream.toString(StandardCharsets.UTF_8);
        stream.reset();
        return text;
    }
}
