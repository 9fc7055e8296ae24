// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.StateKind;
import org.orrery.daemon.home.HomeFolder;

/**
 * Writes the node's state to its home folder on a thread of its own, so that the control lane never waits for a disk. Of
 * several writes of one object only the last is made.
 */
final class StateWriter {
    /** Objects waiting: one for each network and peer at most, and the planet. */
    private static final int WAITING_MAX = 70_000;

    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private record Key(StateKind kind, long id) {}

    private final HomeFolder home;
    private final Map<Key, Optional<byte[]>> waiting = new LinkedHashMap<>();

    /** Held from taking an object out of {@link #waiting} until it is written; taken before this object's own lock. */
    private final Object disk = new Object();

    private final Thread thread;
    private boolean closing;
    private boolean writing;

    StateWriter(HomeFolder home) {
        this(home, Thread.ofVirtual().name("orrery-state").factory());
    }

    StateWriter(HomeFolder home, ThreadFactory threads) {
        this.home = home;
        this.thread = threads.newThread(this::run);
        thread.start();
    }

    void save(StateKind kind, long id, byte[] content) {
        put(new Key(kind, id), Optional.of(content));
    }

    void delete(StateKind kind, long id) {
        put(new Key(kind, id), Optional.empty());
    }

    private synchronized void put(Key key, Optional<byte[]> content) {
        if (waiting.size() < WAITING_MAX) {
            waiting.put(key, content);
            notifyAll();
        }
    }

    /**
     * Returns once all that was asked for of this object is on disk. It does not wait its turn for that.
     *
     * @throws IOException if the system refuses; it is not tried again then
     */
    void settle(StateKind kind, long id) throws IOException {
        Key key = new Key(kind, id);
        synchronized (disk) {
            Optional<byte[]> content;
            synchronized (this) {
                if (!waiting.containsKey(key)) {
                    return;
                }
                content = waiting.remove(key);
            }
            write(key, content);
        }
    }

    private void run() {
        while (awaitWork()) {
            synchronized (disk) {
                Map.Entry<Key, Optional<byte[]>> next = next();
                if (next != null) {
                    try {
                        write(next.getKey(), next.getValue());
                    } catch (IOException | RuntimeException failure) {
                        LOG.log(Level.ERROR, "state.not_saved kind=" + next.getKey().kind + " reason=" + failure);
                    }
                    written();
                }
            }
        }
    }

    private void write(Key key, Optional<byte[]> content) throws IOException {
        if (content.isPresent()) {
            home.save(key.kind, key.id, content.get());
        } else {
            home.delete(key.kind, key.id);
        }
    }

    private synchronized boolean awaitWork() {
        while (waiting.isEmpty()) {
            if (closing) {
                return false;
            }
            try {
                wait();
            } catch (InterruptedException asked) {
                return false;
            }
        }
        return true;
    }

    private synchronized Map.@Nullable Entry<Key, Optional<byte[]>> next() {
        if (waiting.isEmpty()) {
            return null; // it was settled meanwhile
        }
        var it = waiting.entrySet().iterator();
        Map.Entry<Key, Optional<byte[]>> entry = it.next();
        Map.Entry<Key, Optional<byte[]>> copy = Map.entry(entry.getKey(), entry.getValue());
        it.remove();
        writing = true;
        return copy;
    }

    private synchronized void written() {
        writing = false;
    }

    /**
     * Writes what waits and ends. What is not written within {@code limitMillis} is lost, and the log says so.
     *
     * @return whether all was written
     */
    boolean close(long limitMillis) {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        try {
            if (thread.join(Duration.ofMillis(limitMillis))) {
                return true;
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            int left = waiting.size() + (writing ? 1 : 0);
            LOG.log(Level.ERROR, "state.lost objects=" + left + " folder=" + home.path());
        }
        return false;
    }
}
