// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;

/**
 * The receive memory of a lane's sockets. One block serves all of them as long as each socket's datagrams find room in
 * the batch they are received into; a socket that has some left keeps its block until they are fetched, and the others
 * use another one. Any thread.
 */
final class ReceiveBlocks {
    private final Arena arena;
    private final boolean joining;
    private final ArrayDeque<ReceiveBlock> free = new ArrayDeque<>();

    ReceiveBlocks(Arena arena, boolean joining) {
        this.arena = arena;
        this.joining = joining;
    }

    synchronized ReceiveBlock take() {
        ReceiveBlock block = free.pollFirst();
        return block != null ? block : new ReceiveBlock(arena, joining);
    }

    synchronized void give(ReceiveBlock block) {
        block.clear();
        free.addFirst(block); // the one whose memory was touched last
    }
}
