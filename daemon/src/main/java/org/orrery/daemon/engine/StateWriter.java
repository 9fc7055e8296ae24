// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.orrery.core.node.StateKind;
import org.orrery.daemon.home.HomeFolder;

/**
 * Writes the node's state to its home folder on a thread of its own, so that the control lane never waits for a disk. Of
 * several writes of one object only the last is made.
 */
final class StateWriter implements AutoCloseable {
    /** Objects waiting: one for each network and peer at most, and the planet. */
    private static final int WAITING_MAX = 70_000;

    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private record Key(StateKind kind, long id) {}

    private final HomeFolder home;
    private final Map<Key, Optional<byte[]>> waiting = new LinkedHashMap<>();
    private final Thread thread;
    private boolean closing;

    StateWriter(HomeFolder home) {
        this.home = home;
        this.thread = Thread.ofVirtual().name("orrery-state").start(this::run);
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

    private void run() {
        for (Map.Entry<Key, Optional<byte[]>> next = next(); next != null; next = next()) {
            try {
                write(next.getKey(), next.getValue());
            } catch (IOException | RuntimeException failure) {
                LOG.log(Level.ERROR, "state.not_saved kind=" + next.getKey().kind + " reason=" + failure);
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

    private synchronized Map.@org.jspecify.annotations.Nullable Entry<Key, Optional<byte[]>> next() {
        while (waiting.isEmpty()) {
            if (closing) {
                return null;
            }
            try {
                wait();
            } catch (InterruptedException asked) {
                return null;
            }
        }
        var it = waiting.entrySet().iterator();
        Map.Entry<Key, Optional<byte[]>> entry = it.next();
        Map.Entry<Key, Optional<byte[]>> copy = Map.entry(entry.getKey(), entry.getValue());
        it.remove();
        return copy;
    }

    /** Writes what waits and ends. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        try {
            thread.join(3_000);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
