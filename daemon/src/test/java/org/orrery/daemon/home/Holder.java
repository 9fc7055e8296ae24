// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.nio.file.Path;

/** A process that takes a home folder, says so, and keeps it until its input ends. */
final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws Exception {
        try (HomeFolder home = HomeFolder.open(Path.of(arguments[0]))) {
            home.writePid();
            System.out.println("taken");
            System.out.flush();
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
        } catch (HomeException refused) {
            System.out.println(refused.getMessage());
        }
    }
}
