// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.IOException;

/** The other side does not speak as it should; the connection is of no more use. */
final class MalformedMessageException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedMessageException(String text) {
        super(text);
    }
}
