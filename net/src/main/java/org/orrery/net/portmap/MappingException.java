// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import java.io.IOException;

/** A router refused, or said what makes no sense; the message is for a person. */
final class MappingException extends IOException {
    private static final long serialVersionUID = 1;

    MappingException(String message) {
        super(message);
    }
}
