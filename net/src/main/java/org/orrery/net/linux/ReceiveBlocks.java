// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The receive memory of a lane's sockets. One block serves all of them as long as each socket's datagrams find room in
 * the batch they are received into; a socket that has some left keeps its block until they are fetched, and the others
 * use another one. Any thread.
 */
final class ReceiveBlocks {
    private final Arena arena;
    private final boolean joining;

    /** The one whose memory was touched last; nearly always the only one. */
    private final AtomicReference<@Nullable ReceiveBlock> last = new AtomicReference<>();

    /** Guarded by itself. */
    private final ArrayDeque<ReceiveBlock> further = new ArrayDeque<>();

    ReceiveBlocks(Arena arena, boolean joining) {
        this.arena = arena;
        this.joining = joining;
    }

    ReceiveBlock take() {
        ReceiveBlock block = last.getAndSet(null);
        if (block == null) {
            synchronized (further) {
                block = further.pollFirst();
            }
        }
        return block != null ? block : new ReceiveBlock(arena, joining);
    }

    void give(ReceiveBlock block) {
        block.clear();
        ReceiveBlock before = last.getAndSet(block);
        if (before != null) {
            synchronized (further) {
                further.addFirst(before);
            }
        }
    }
}
