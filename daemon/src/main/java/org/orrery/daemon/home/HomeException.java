// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.nio.file.Path;

/** Why the service cannot start with its home folder: a sentence for a person that names the file and the fault. */
public final class HomeException extends Exception {
    HomeException(String message) {
        super(message);
    }

    HomeException(Path file, String fault) {
        super(file + ": " + fault);
    }

    HomeException(Path file, String fault, Throwable cause) {
        super(file + ": " + fault, cause);
    }
}
