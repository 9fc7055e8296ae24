// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.orrery.daemon.api.ControlLane;

/**
 * The control lane: one platform thread that runs commands in order and the node's timers between them. A command that
 * throws is a bug: it is logged once with its stack, and the process ends in an orderly way.
 */
final class ControlThread implements ControlLane {
    /** Commands waiting: packets for the control lane are some hundreds of bytes, so 8,192 are a few megabytes. */
    private static final int COMMANDS_MAX = 8_192;

    /** Commands run between two looks at the timers. */
    private static final int COMMANDS_PER_TURN_MAX = 256;

    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private final BlockingQueue<Runnable> commands = new ArrayBlockingQueue<>(COMMANDS_MAX);
    private final SteadyClock clock;
    private final Runnable failed;
    private volatile boolean stopping;
    private @Nullable Thread thread;

    /** What the lane does when it is time. */
    interface Timers {
        /** When {@link #tick} is due at the latest. */
        long nextDeadlineMillis(long nowMillis);

        void tick(long nowMillis);
    }

    /** @param failed run when a command threw */
    ControlThread(SteadyClock clock, Runnable failed) {
        this.clock = clock;
        this.failed = failed;
    }

    void start(Timers timers) {
        thread = Thread.ofPlatform().name("orrery-control").start(() -> run(timers));
    }

    @Override
    public boolean offer(Runnable command) {
        return !stopping && commands.offer(command);
    }

    /**
     * Runs {@code last} after all commands offered so far, then ends; if the thread has ended because of a bug, or never
     * began, {@code last} runs here. Waits until it has, at most {@code limitMillis}.
     *
     * @return whether {@code last} ran to its end
     */
    boolean stop(Runnable last, long limitMillis) {
        var done = new AtomicBoolean();
        Runnable end = () -> {
            last.run();
            done.set(true);
            stopping = true;
        };
        Thread running = thread;
        if (running != null) {
            long untilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
            try {
                boolean taken = running.isAlive() && commands.offer(end, limitMillis, TimeUnit.MILLISECONDS);
                stopping |= !taken;
                running.join(Duration.ofNanos(untilNanos - System.nanoTime()));
            } catch (InterruptedException impatient) {
                Thread.currentThread().interrupt();
            }
        }
        stopping = true;
        if (!done.get() && (running == null || !running.isAlive())) {
            try {
                end.run();
            } catch (RuntimeException | Error bug) {
                LOG.log(Level.ERROR, "control.failed", bug);
            }
        }
        return done.get();
    }

    private void run(Timers timers) {
        try {
            while (!stopping) {
                long now = clock.millis();
                long wait = Math.clamp(timers.nextDeadlineMillis(now) - now, 0, 1_000);
                Runnable command = commands.poll(wait, TimeUnit.MILLISECONDS);
                for (int i = 0; command != null && i < COMMANDS_PER_TURN_MAX; i++) {
                    command.run();
                    command = stopping ? null : commands.poll();
                }
                if (command != null) {
                    command.run();
                }
                timers.tick(clock.millis());
            }
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error bug) {
            stopping = true;
            LOG.log(Level.ERROR, "control.failed", bug);
            failed.run();
        }
    }
}
