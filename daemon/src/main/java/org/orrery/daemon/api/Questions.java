// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Puts questions to the node on its lane and waits, but not for ever. Any virtual thread, never the lane itself. */
final class Questions {
    private final NodeControl node;
    private final ControlLane lane;
    private final Duration patience;

    Questions(NodeControl node, ControlLane lane, Duration patience) {
        this.node = node;
        this.lane = lane;
        this.patience = patience;
    }

    /** A question that the lane failed to answer. */
    static final class FailedException extends Exception {
        private final Throwable reason;

        FailedException(Throwable reason) {
            super(reason);
            this.reason = reason;
        }

        Throwable reason() {
            return reason;
        }
    }

    /**
     * @throws NodeUnavailable if the lane is behind; a command that had begun by then may still come to its end
     * @throws FailedException if the answer is an exception
     */
    <T> T ask(Function<NodeControl, T> question) throws NodeUnavailable, FailedException {
        FutureTask<T> command = new FutureTask<>(() -> question.apply(node));
        if (!lane.offer(command)) {
            throw new NodeUnavailable("the node is busy, or about to stop; try again");
        }
        try {
            return command.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            // Not interrupted: the lane is not ours to stop. A command that still waits will not run.
            command.cancel(false);
            throw new NodeUnavailable("the node did not answer within " + patience.toMillis() + " ms; try again");
        } catch (InterruptedException stopping) {
            command.cancel(false);
            Thread.currentThread().interrupt();
            throw new NodeUnavailable("the service stops");
        } catch (ExecutionException failure) {
            throw new FailedException(Objects.requireNonNullElse(failure.getCause(), failure));
        }
    }
}
