// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import java.io.IOException;

/**
 * Waits until some of its sources are readable. One thread, except {@link #wake}. Readiness is by level: what was not
 * read to the end is reported again.
 */
public interface Poller extends AutoCloseable {
    /** Most sources that one poller holds: 256 bindings on three ports, with devices and a watcher. */
    int SOURCES_MAX = 1024;

    /** Begins to wait for {@code source}, which must be pollable and come from ports of the same kind as this poller. */
    default void add(PollSource source) throws IOException {
        add(source, () -> {});
    }

    /** Begins to wait for {@code source}; {@code whenReadable} is what {@link #serve} runs for it. */
    void add(PollSource source, Runnable whenReadable) throws IOException;

    /** Stops to wait for {@code source}; unknown ones are ignored. Call it before the source is closed. */
    void remove(PollSource source);

    /**
     * Waits until a source is readable, {@link #wake} was called, or the time is over. What a source took from the system
     * and still holds counts as long as the source was read because this poller told of it.
     *
     * @param timeoutMillis 0 looks without waiting, negative waits without end
     * @return how many sources are readable: {@link #ready} of 0 up to that number
     */
    int await(long timeoutMillis);

    /** A source that the last {@link #await} found readable. */
    PollSource ready(int index);

    /** Runs what was given with {@link #ready}, unless the source was removed since. */
    void serve(int index);

    /** Any thread: makes the current or else the next {@link #await} return at once. */
    void wake();

    @Override
    void close();
}
