// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.io.Console;
import java.util.Map;

/** Colours, where there is a terminal that shows them. */
public enum Paint {
    PLAIN,
    COLOURED;

    private static final String RESET = "\u001b[0m";
    private static final String GREEN = "\u001b[32m";
    private static final String RED = "\u001b[31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String BOLD = "\u001b[1m";
    private static final String FAINT = "\u001b[2m";

    /** Colours only if standard output is a terminal, and nothing in the environment speaks against them. */
    @SuppressWarnings("SystemConsoleNull") // it is null again since JDK 25 where nothing is interactive
    public static Paint of(Map<String, String> environment) {
        boolean wanted = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        Console console = System.console();
        return wanted && console != null && console.isTerminal() ? COLOURED : PLAIN;
    }

    String good(String text) {
        return in(GREEN, text);
    }

    String bad(String text) {
        return in(RED, text);
    }

    String other(String text) {
        return in(YELLOW, text);
    }

    String heading(String text) {
        return in(BOLD, text);
    }

    String faint(String text) {
        return in(FAINT, text);
    }

    private String in(String colour, String text) {
        return this == PLAIN || text.isBlank() ? text : colour + text + RESET;
    }
}
