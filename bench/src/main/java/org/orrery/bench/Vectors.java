// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import org.orrery.core.crypto.VectorSupport;

/** The vector twins of the ciphers, which a node brings in once it has traffic. */
final class Vectors {
    /** Set where something is measured: to bring them in takes too long where it is only tried. */
    static final String PROPERTY = "orrery.bench.vectors";

    private Vectors() {}

    /** Brings them in, as a node with traffic does. */
    static void prepare() {
        if (Boolean.getBoolean(PROPERTY)) {
            VectorSupport.prepare(System::nanoTime);
        }
    }
}
