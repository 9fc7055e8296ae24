// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.capture;

import java.io.IOException;

/** A file of packets is not what it should be; the message says what is wrong, and the offset where. */
public final class CaptureException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param offset bytes from the start of the file */
    CaptureException(long offset, String what) {
        super("at byte " + offset + ": " + what);
    }
}
