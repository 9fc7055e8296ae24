// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import java.io.IOException;

/** A set-up call that the system refused. Never thrown on the packet path. */
public final class SystemCallException extends IOException {
    private static final int EEXIST = 17;
    private static final int EPERM = 1;
    private static final int EACCES = 13;
    private static final int EADDRINUSE = 98;
    private static final int EADDRNOTAVAIL = 99;

    private final int errno;

    public SystemCallException(String call, int errno, String reason) {
        super(call + ": " + reason);
        this.errno = errno;
    }

    /** The system's error number. */
    public int errno() {
        return errno;
    }

    /** Whether the thing to be made is there already. */
    public boolean exists() {
        return errno == EEXIST;
    }

    /** Whether the process lacks the right to do it. */
    public boolean denied() {
        return errno == EPERM || errno == EACCES;
    }

    /** Whether another socket holds the address and port. */
    public boolean addressInUse() {
        return errno == EADDRINUSE;
    }

    /** Whether the host does not have, or no longer has, the address. */
    public boolean addressGone() {
        return errno == EADDRNOTAVAIL;
    }
}
