// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import jdk.incubator.vector.IntVector;

/**
 * Whether the vector twins of Salsa20/12 and Poly1305 are used. They are there if the JVM was started with {@code
 * --add-modules jdk.incubator.vector}, its vectors are at least 256 bits wide, and the system property {@code
 * orrery.crypto.vector} is not {@code false}; they are used from the moment when {@link #prepare} found them faster.
 *
 * <p>Until the compiler has seen them vector operations are a hundred times slower than plain arithmetic, they load 500
 * classes, and compiling them takes some 25 MB for a while. So a node without traffic never touches them, and one with
 * traffic goes on with the scalar twins until another thread has made the others ready.
 *
 * <p>Measured on an AMD EPYC (Zen 5) with packets of 1,400 bytes: with AVX-512 the vector twin of Salsa20/12 is five
 * times as fast as the scalar one and that of Poly1305 nearly two times; with AVX2 it is 2.8 and 1.3 times. Without AVX2
 * the JVM cannot keep these vectors in registers, and they are ten times slower.
 */
public final class VectorSupport {
    private static final int LANES_MIN = 8;
    private static final boolean PRESENT = !"false".equals(System.getProperty("orrery.crypto.vector"))
            && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

    /** A packet of this size was found to be decided by the ciphers alone. */
    private static final int TRIAL_BYTES = 1_400;

    private static final int TRIAL_PACKETS = 500;
    private static final int WINS_NEEDED = 3;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private enum Stage {
        UNTRIED,
        TRYING,
        READY,
        GIVEN_UP
    }

    private static final AtomicReference<Stage> STAGE = new AtomicReference<>(PRESENT ? Stage.UNTRIED : Stage.GIVEN_UP);
    private static volatile boolean wanted;

    private VectorSupport() {}

    /** Any thread: whether enough went through the scalar twins that somebody should call {@link #prepare}. */
    public static boolean wanted() {
        return wanted && STAGE.get() == Stage.UNTRIED;
    }

    /** Any thread: whether the vector twins are in use. */
    public static boolean ready() {
        return STAGE.get() == Stage.READY;
    }

    /**
     * Any thread: whether the vector twins are in use or may yet be. Then suite 1 is the one to ask peers for, from the
     * start: until the compilers have seen it the JDK's AES is much slower than the scalar Salsa20.
     */
    public static boolean hopeful() {
        return STAGE.get() != Stage.GIVEN_UP;
    }

    /** Called by a cipher that did much work the slow way. */
    static void want() {
        wanted = true;
    }

    /**
     * Works both twins on made-up packets until the vector ones are compiled and faster; from then on all ciphers use
     * them. Takes seconds of processor time, on a thread of the caller's. If they do not win within 20 seconds the scalar
     * ones stay; a second call does nothing. Answers whether the vector ones are used.
     *
     * @param nanoTime a clock for intervals
     */
    public static boolean prepare(LongSupplier nanoTime) {
        if (STAGE.compareAndSet(Stage.UNTRIED, Stage.TRYING)) {
            STAGE.set(usable() && faster(nanoTime) ? Stage.READY : Stage.GIVEN_UP);
        }
        return ready();
    }

    private static boolean faster(LongSupplier nanoTime) {
        var scalar = new Trial(new Salsa20(12, new ScalarSalsa()), new Poly1305(false));
        var vector = new Trial(new Salsa20(12, new VectorSalsa()), new Poly1305(true));
        long begun = nanoTime.getAsLong();
        int wins = 0;
        while (wins < WINS_NEEDED && nanoTime.getAsLong() - begun < PATIENCE_NANOS) {
            long start = nanoTime.getAsLong();
            scalar.run();
            long middle = nanoTime.getAsLong();
            vector.run();
            long end = nanoTime.getAsLong();
            wins = end - middle < middle - start ? wins + 1 : 0;
        }
        return wins == WINS_NEEDED;
    }

    /** Whether vectors are there and wide enough, prepared or not: for tests of both twins. */
    static boolean usable() {
        return PRESENT && Width.intLanes() >= LANES_MIN;
    }

    /** Apart, so that the module is only needed when it is there. */
    private static final class Width {
        static int intLanes() {
            return IntVector.SPECIES_PREFERRED.length();
        }
    }

    private static final class Trial {
        private final Salsa20 salsa;
        private final Poly1305 poly;
        private final byte[] packet = new byte[TRIAL_BYTES];

        Trial(Salsa20 salsa, Poly1305 poly) {
            this.salsa = salsa;
            this.poly = poly;
        }

        void run() {
            for (int i = 0; i < TRIAL_PACKETS; i++) {
                salsa.start(i, 1, 2, 3, poly.tagLow());
                long[] stream = salsa.prepare(TRIAL_BYTES);
                salsa.xorPrepared(packet, 0, TRIAL_BYTES);
                poly.compute(stream[0], stream[1], stream[2], stream[3], packet, 0, TRIAL_BYTES);
            }
        }
    }
}
