// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import jdk.incubator.vector.IntVector;

/**
 * Whether the vector twins are used: the JVM must have been started with {@code --add-modules jdk.incubator.vector}, its
 * vectors must be at least 256 bits wide, and the system property {@code orrery.crypto.vector} must not be {@code false}.
 * Classes that name vector types are only touched if so.
 *
 * <p>Measured on an AMD EPYC (Zen 5) with packets of 1,400 bytes: with AVX-512 the vector twin of Salsa20/12 is five
 * times as fast as the scalar one and that of Poly1305 three times; with AVX2 it is 2.8 and 1.3 times. Without AVX2 the
 * JVM cannot keep these vectors in registers, and they are ten times slower.
 */
final class VectorSupport {
    private static final int LANES_MIN = 8;

    static final boolean USABLE = !"false".equals(System.getProperty("orrery.crypto.vector"))
            && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
            && Width.intLanes() >= LANES_MIN;

    private VectorSupport() {}

    /** Apart, so that the module is only needed when it is there. */
    private static final class Width {
        static int intLanes() {
            return IntVector.SPECIES_PREFERRED.length();
        }
    }
}
