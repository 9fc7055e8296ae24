// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import java.time.Duration;
import java.util.function.IntSupplier;

/** A process that waits to be stopped and cleans up in the way its argument names. */
final class Stoppable {
    /** Of the clean-up that must be cut short; any other has time to start a thread on a busy machine. */
    private static final Duration SHORT = Duration.ofMillis(500);

    private static final Duration AMPLE = Duration.ofSeconds(20);

    private Stoppable() {}

    public static void main(String[] arguments) throws Exception {
        StopSignals signals = StopSignals.install();
        System.out.println("ready");
        System.out.flush();
        signals.await();
        IntSupplier cleanUp =
                switch (arguments[0]) {
                    case "hang" -> Stoppable::hang;
                    case "left" -> () -> 1;
                    case "fail" ->
                        () -> {
                            throw new IllegalStateException("broken");
                        };
                    default ->
                        () -> {
                            System.out.println("clean");
                            System.out.flush();
                            return 0;
                        };
                };
        StopSignals.finish(cleanUp, arguments[0].equals("hang") ? SHORT : AMPLE);
    }

    private static int hang() {
        try {
            Thread.sleep(Duration.ofMinutes(5));
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }
}
