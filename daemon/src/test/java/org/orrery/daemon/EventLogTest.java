// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    private final RecentEvents recent = new RecentEvents();

    private System.Logger logger(String name, Level lowest) {
        PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-24T18:00:00.987Z"));
        return new EventLog(out, clock, lowest, recent).getLogger(name, EventLogTest.class.getModule());
    }

    private String written() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void eventIsOneLine() {
        logger("org.orrery.x", Level.INFO).log(Level.INFO, "path.up peer=4f6dfb1558 rtt_ms=12345");
        assertThat(written()).isEqualTo("2026-11-24T18:00:00Z INFO path.up peer=4f6dfb1558 rtt_ms=12345\n");
    }

    @Test
    void finishedLineIsNotTakenForAFormat() {
        logger("org.orrery.x", Level.INFO).log(Level.WARNING, "config.problem text={0} isn't '{'");
        assertThat(written()).isEqualTo("2026-11-24T18:00:00Z WARNING config.problem text={0} isn't '{'\n");
    }

    @Test
    void strangersCannotStartALine() {
        logger("org.orrery.x", Level.INFO).log(Level.INFO, "net.name name=a\nb\r\u001b[31m\u2028é");
        assertThat(written()).isEqualTo("2026-11-24T18:00:00Z INFO net.name name=a\\nb\\u000d\\u001b[31m\\u2028é\n");
    }

    @Test
    void levelsBelowTheLowestAreSilent() {
        logger("org.orrery.x", Level.INFO).log(Level.DEBUG, () -> "never.shown");
        logger("org.orrery.x", Level.OFF).log(Level.ERROR, "never.shown");
        assertThat(written()).isEmpty();
        logger("org.orrery.x", Level.DEBUG).log(Level.DEBUG, () -> "path.chosen");
        assertThat(written()).endsWith(" DEBUG path.chosen\n");
    }

    @Test
    void remembersEventsWhateverIsShown() {
        logger("org.orrery.x", Level.OFF).log(Level.INFO, "path.up peer=4f6dfb1558");
        logger("org.orrery.x", Level.OFF).log(Level.DEBUG, () -> "path.chosen");
        logger("org.orrery.x", Level.OFF).log(Level.WARNING, "api.failed", new IllegalStateException("a\nb"));
        logger("com.example", Level.TRACE).log(Level.WARNING, "not ours");
        assertThat(recent.after(0))
                .extracting(RecentEvents.Event::line)
                .containsExactly("path.up peer=4f6dfb1558", "api.failed cause=java.lang.IllegalStateException: a\\nb");
    }

    @Test
    void librariesAreShownFromWarningOnAndNamed() {
        System.Logger library = logger("com.sun.net.httpserver", Level.TRACE);
        library.log(Level.WARNING, "slow {0}", "client");
        assertThat(library.isLoggable(Level.INFO)).isFalse();
        assertThat(logger("com.sun.net.httpserver", Level.ERROR).isLoggable(Level.WARNING))
                .isFalse();
        assertThat(written())
                .isEqualTo("2026-11-24T18:00:00Z WARNING library.message name=com.sun.net.httpserver"
                        + " text=slow client\n");
    }

    @Test
    void errorsCarryTheirPlaceOnTheSameLine() {
        logger("org.orrery.x", Level.INFO).log(Level.ERROR, "api.failed path=/x", new IllegalStateException("no\nink"));
        assertThat(written())
                .startsWith("2026-11-24T18:00:00Z ERROR api.failed path=/x"
                        + " cause=java.lang.IllegalStateException: no\\nink at=" + EventLogTest.class.getName())
                .matches("(?s)[^\n]*\n");
    }

    @Test
    void isTheSystemsLogger() {
        assertThat(System.LoggerFinder.getLoggerFinder()).isInstanceOf(EventLog.class);
    }

    @Test
    void levelIsReadByName() {
        assertThat(EventLog.level("debug")).isEqualTo(Level.DEBUG);
        assertThat(EventLog.level("x")).isEqualTo(Level.INFO);
        assertThat(EventLog.level(null)).isEqualTo(Level.INFO);
    }
}
