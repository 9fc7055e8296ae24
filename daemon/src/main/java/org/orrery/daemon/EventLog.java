// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import java.io.PrintStream;
import java.text.MessageFormat;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.MissingResourceException;
import java.util.Objects;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * The process's log: one event, one line on standard error, {@code 2026-11-24T18:00:00Z INFO subject.verb key=value}.
 * Found by the JDK as the system's logger. The environment variable {@code ORRERY_LOG} names the lowest level shown
 * ({@code TRACE} to {@code OFF}; usually {@code INFO}); of other libraries only warnings are shown. Any thread.
 */
public final class EventLog extends System.LoggerFinder {
    private static final System.Logger.Level OTHERS_LOWEST = System.Logger.Level.WARNING;

    private static final @Nullable Object[] NO_PARAMETERS = {};

    private final PrintStream out;
    private final InstantSource clock;
    private final System.Logger.Level lowest;
    private final RecentEvents recent;

    /** For the JDK's service loader. */
    public EventLog() {
        this(System.err, InstantSource.system(), level(System.getenv("ORRERY_LOG")), RecentEvents.ofProcess());
    }

    /** @param recent is told events of at least {@link System.Logger.Level#INFO}, shown or not */
    EventLog(PrintStream out, InstantSource clock, System.Logger.Level lowest, RecentEvents recent) {
        this.out = out;
        this.clock = clock;
        this.lowest = lowest;
        this.recent = recent;
    }

    static System.Logger.Level level(@Nullable String name) {
        for (System.Logger.Level level : System.Logger.Level.values()) {
            if (level.name().equalsIgnoreCase(name)) {
                return level;
            }
        }
        return System.Logger.Level.INFO;
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        boolean ours = name.startsWith("org.orrery");
        boolean stricter = !ours && OTHERS_LOWEST.getSeverity() > lowest.getSeverity();
        return new Lines(name, ours, stricter ? OTHERS_LOWEST : lowest);
    }

    private final class Lines implements System.Logger {
        private final String name;
        private final boolean ours;
        private final Level from;

        Lines(String name, boolean ours, Level from) {
            this.name = name;
            this.ours = ours;
            this.from = from;
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level != Level.OFF && (shown(level) || remembered(level));
        }

        private boolean shown(Level level) {
            return level.getSeverity() >= from.getSeverity();
        }

        private boolean remembered(Level level) {
            return ours && level.getSeverity() >= Level.INFO.getSeverity();
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
            if (isLoggable(level)) {
                print(level, translated(bundle, message), thrown);
            }
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... parameters) {
            if (!isLoggable(level)) {
                return;
            }
            String text = translated(bundle, format);
            // The JDK passes null for no parameters. A finished line has none; quotes and braces in it are no syntax.
            @Nullable Object[] given = Objects.requireNonNullElse(parameters, NO_PARAMETERS);
            print(level, given.length == 0 ? text : formatted(text, given), null);
        }

        private void print(Level level, String text, @Nullable Throwable thrown) {
            Instant time = clock.instant();
            if (remembered(level)) {
                String cause = thrown == null ? "" : " cause=" + thrown;
                recent.add(time.toEpochMilli(), level, oneLine(text + cause));
            }
            if (!shown(level)) {
                return;
            }
            StringBuilder line = new StringBuilder();
            line.append(time.truncatedTo(ChronoUnit.SECONDS))
                    .append(' ')
                    .append(level.name())
                    .append(' ');
            line.append(ours ? oneLine(text) : "library.message name=" + name + " text=" + oneLine(text));
            if (thrown != null) {
                line.append(" cause=").append(oneLine(thrown.toString()));
                for (StackTraceElement frame : thrown.getStackTrace()) {
                    // An error is a bug to be found, and only its place helps; it still is one line.
                    if (level.getSeverity() < Level.ERROR.getSeverity()) {
                        break;
                    }
                    line.append(" at=").append(frame.getClassName()).append('.').append(frame.getMethodName());
                    line.append(':').append(frame.getLineNumber());
                }
            }
            // One call, so that lines of different threads do not mix.
            out.print(line.append('\n'));
            out.flush();
        }
    }

    private static String formatted(String format, @Nullable Object[] parameters) {
        try {
            return new MessageFormat(format, Locale.ROOT).format(parameters);
        } catch (IllegalArgumentException malformed) {
            return format;
        }
    }

    private static String translated(@Nullable ResourceBundle bundle, @Nullable String text) {
        if (text == null) {
            return "null";
        }
        if (bundle == null) {
            return text;
        }
        try {
            return bundle.getString(text);
        } catch (MissingResourceException | ClassCastException untranslated) {
            return text;
        }
    }

    /** Control characters made visible: what strangers send must not start lines of its own. */
    private static String oneLine(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != 0x7f && (c < 0x80 || c > 0x9f) && c != 0x2028 && c != 0x2029) {
                out.append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return out.toString();
    }
}
