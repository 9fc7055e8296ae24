// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last lines of the process's log, for those who ask through the API. Any thread. */
public final class RecentEvents {
    /** Some 300 bytes each. The oldest gives way. */
    public static final int EVENTS_MAX = 1_000;

    /** What is longer is cut: it came from outside. */
    static final int LINE_LENGTH_MAX = 500;

    private static final RecentEvents OF_PROCESS = new RecentEvents();

    private final Deque<Event> events = new ArrayDeque<>();
    private long last;

    RecentEvents() {}

    /**
     * One line.
     *
     * @param number of the event since the process started, from 1
     * @param line {@code subject.verb key=value}, without control characters
     */
    public record Event(long number, long timeMillis, Level level, String line) {}

    /** What {@link EventLog} was told. */
    public static RecentEvents ofProcess() {
        return OF_PROCESS;
    }

    synchronized void add(long timeMillis, Level level, String line) {
        if (events.size() == EVENTS_MAX) {
            events.removeFirst();
        }
        String kept = line.length() > LINE_LENGTH_MAX ? line.substring(0, LINE_LENGTH_MAX) + "..." : line;
        events.addLast(new Event(++last, timeMillis, level, kept));
        notifyAll();
    }

    /** The number of the last event, 0 before the first. */
    public synchronized long last() {
        return last;
    }

    /** Events with a higher number than {@code number} that are still here, the oldest first. */
    public synchronized List<Event> after(long number) {
        List<Event> found = new ArrayList<>();
        for (Event event : events) {
            if (event.number > number) {
                found.add(event);
            }
        }
        return found;
    }

    /** As {@link #after}; waits a while for the first if there is none. */
    public synchronized List<Event> await(long number, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (last <= number) {
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                return List.of();
            }
            wait(leftMillis);
        }
        return after(number);
    }
}
