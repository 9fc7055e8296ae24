// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A network namespace with a name, as {@code ip netns add} makes them. Sockets that a thread opens belong to the
 * namespace the thread is in, so one process can speak to hosts that cannot see each other.
 */
public record NetworkNamespace(String name) {
    private static final Path FOLDER = Path.of("/run/netns");

    /**
     * Runs {@code body} on a thread of its own in the namespace, and waits for it. The thread is a platform thread that
     * ends afterwards: one that has moved is of no use to anybody else.
     *
     * @throws org.orrery.net.SystemCallException if the namespace is not there or this process may not enter it
     */
    public <T> T call(Callable<T> body) throws Exception {
        var task = new FutureTask<T>(() -> {
            enter();
            return body.call();
        });
        Thread.ofPlatform().daemon().name("in-" + name).start(task);
        try {
            return task.get();
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw failure;
            }
        }
    }

    private void enter() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            var path = arena.allocateFrom(FOLDER.resolve(name).toString());
            int fd = Errno.check(
                    "open " + FOLDER.resolve(name), LibC.open(path, Constants.O_RDONLY | Constants.O_CLOEXEC));
            try {
                Errno.check("setns", LibC.setns(fd, Constants.CLONE_NEWNET));
            } finally {
                LibC.close(fd);
            }
        }
    }
}
