// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

/**
 * Whether the vector twins may be used: the JVM must have been started with {@code --add-modules jdk.incubator.vector},
 * and the system property {@code orrery.crypto.vector} must not be {@code false}. Classes that name vector types are only
 * touched if so.
 */
final class VectorSupport {
    static final boolean USABLE = !"false".equals(System.getProperty("orrery.crypto.vector")) && present();

    private VectorSupport() {}

    private static boolean present() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }
}
