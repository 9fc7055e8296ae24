// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.lab;

/** The laboratory has been taken away, so nothing can be done in it. */
public final class LabClosedException extends LabException {
    private static final long serialVersionUID = 1;

    LabClosedException() {
        super("the laboratory is closed");
    }
}
