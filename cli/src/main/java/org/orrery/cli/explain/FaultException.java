// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

/** Something a person wrote cannot be understood; the message says what, and what would be. */
public final class FaultException extends Exception {
    private static final long serialVersionUID = 1;

    public FaultException(String message) {
        super(message);
    }

    /** The message; never null. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
