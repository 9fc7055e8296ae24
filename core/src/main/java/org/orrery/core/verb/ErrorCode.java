// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;

/** Why a request failed, by the number in an ERROR. Receivers ignore numbers that are not here. */
public enum ErrorCode {
    NONE(0x00),
    INVALID_REQUEST(0x01),
    BAD_PROTOCOL_VERSION(0x02),
    /** The controller does not know the network. */
    OBJECT_NOT_FOUND(0x03),
    /** The sender's address belongs to another identity. */
    IDENTITY_COLLISION(0x04),
    /** The node is no controller. */
    UNSUPPORTED_OPERATION(0x05),
    /** The sender has shown no membership that still holds. */
    NEED_MEMBERSHIP_CERTIFICATE(0x06),
    /** The controller does not let the sender in. */
    NETWORK_ACCESS_DENIED(0x07),
    UNWANTED_MULTICAST(0x08),
    /** The controller wants the user to sign on first; protocol 12. */
    NETWORK_AUTHENTICATION_REQUIRED(0x09);

    private final int id;

    ErrorCode(int id) {
        this.id = id;
    }

    /** The number on the wire. */
    public int id() {
        return id;
    }

    /** The code with this number, null if there is none. */
    public static @Nullable ErrorCode of(int id) {
        for (ErrorCode code : values()) {
            if (code.id == id) {
                return code;
            }
        }
        return null;
    }
}
