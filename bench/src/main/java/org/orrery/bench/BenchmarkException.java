// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

/** A benchmark could not be run to its end; the message says why. */
public final class BenchmarkException extends Exception {
    private static final long serialVersionUID = 1;

    BenchmarkException(Throwable cause) {
        super(String.valueOf(cause.getMessage()), cause);
    }
}
