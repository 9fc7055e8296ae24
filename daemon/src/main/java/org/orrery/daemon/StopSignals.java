// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Turns INT and TERM into one orderly stop with exit status 0, as init scripts expect; the JVM's own way would end with
 * 130 or 143. HUP changes nothing. QUIT keeps the JVM's meaning, a list of all threads.
 */
public final class StopSignals {
    private static final Logger LOG = System.getLogger("org.orrery.daemon");

    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicBoolean asked = new AtomicBoolean();

    private StopSignals() {}

    /** Begins to listen. Once in a process. Where the JVM offers no signals, its own handling stays and is logged. */
    public static StopSignals install() {
        StopSignals signals = new StopSignals();
        try {
            handle("INT", signals::received);
            handle("TERM", signals::received);
            if (!System.getProperty("os.name", "").startsWith("Windows")) {
                handle("HUP", ignored -> {});
            }
        } catch (ReflectiveOperationException unavailable) {
            LOG.log(Level.WARNING, "service.signals_unavailable reason=" + unavailable);
        }
        return signals;
    }

    /** By reflection: the compiler warns of each mention of these types, and no switch but one for all warnings helps. */
    @SuppressWarnings("ReferenceEquality") // A proxy equals itself and nothing else.
    private static void handle(String name, Consumer<String> receiver) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object proxy = Proxy.newProxyInstance(
                StopSignals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        receiver.accept(name);
                    }
                    return switch (method.getName()) {
                        case "equals" -> self == arguments[0];
                        case "hashCode" -> System.identityHashCode(self);
                        case "toString" -> "stop on " + name;
                        default -> null;
                    };
                });
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    }

    private void received(String signal) {
        if (asked.compareAndSet(false, true)) {
            stop.countDown();
            LOG.log(Level.INFO, "service.stopping signal=" + signal);
        }
    }

    /** Asks for the stop from inside. */
    public void request() {
        if (asked.compareAndSet(false, true)) {
            stop.countDown();
        }
    }

    /** Waits until a stop is asked for. */
    public void await() throws InterruptedException {
        stop.await();
    }

    /**
     * Runs {@code cleanUp} and ends the process: with the status that it answers, or with 1 if it takes longer than
     * {@code limit} or fails. Later signals do not cut it short.
     */
    public static void finish(IntSupplier cleanUp, Duration limit) {
        CountDownLatch done = new CountDownLatch(1);
        AtomicInteger status = new AtomicInteger(1);
        Thread.ofPlatform().daemon().name("stop").start(() -> {
            try {
                status.set(cleanUp.getAsInt());
            } catch (RuntimeException | Error failure) {
                LOG.log(Level.ERROR, "service.stop_failed", failure);
            } finally {
                done.countDown();
            }
        });
        boolean inTime;
        try {
            inTime = done.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException impatient) {
            inTime = false;
        }
        if (!inTime) {
            LOG.log(Level.ERROR, "service.stop_hangs after_ms=" + limit.toMillis());
        }
        Runtime.getRuntime().halt(inTime ? status.get() : 1);
    }
}
