// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.lab;

import java.io.IOException;

/** The laboratory cannot be built, or something in it did not happen in time. The message says what. */
public sealed class LabException extends IOException permits LabClosedException {
    private static final long serialVersionUID = 1;

    public LabException(String message) {
        super(message);
    }
}
