// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;

/**
 * Endpoints to which datagrams of some size cannot leave as a run: each would be longer than the path's MTU, and the
 * system cuts up single datagrams only. Forgotten now and then, because paths change. One thread.
 */
final class SegmentLimits {
    /** A few hundred bytes; two endpoints of one place push each other out, which costs a failed call each time. */
    private static final int ENTRIES_MAX = 64;

    /** Datagrams that are sent singly before a run is tried again: a failed call for each is not felt. */
    private static final int FORGOTTEN_AFTER = 4096;

    private final @Nullable Endpoint[] endpoints = new Endpoint[ENTRIES_MAX];
    private final int[] refusedBytes = new int[ENTRIES_MAX];
    private final int[] spared = new int[ENTRIES_MAX];
    private int entries;

    /** Whether a run of datagrams of this size may be tried. */
    boolean allows(Endpoint to, int datagramBytes) {
        return entries == 0 || allowsByTable(to, datagramBytes);
    }

    private boolean allowsByTable(Endpoint to, int datagramBytes) {
        int at = place(to);
        if (!to.equals(endpoints[at]) || datagramBytes < refusedBytes[at]) {
            return true;
        }
        if (++spared[at] < FORGOTTEN_AFTER) {
            return false;
        }
        endpoints[at] = null;
        entries--;
        return true;
    }

    /** A run of datagrams of this size was refused, and single ones were not. */
    void refused(Endpoint to, int datagramBytes) {
        int at = place(to);
        entries += endpoints[at] == null ? 1 : 0;
        refusedBytes[at] = to.equals(endpoints[at]) ? Math.min(refusedBytes[at], datagramBytes) : datagramBytes;
        endpoints[at] = to;
        spared[at] = 0;
    }

    private static int place(Endpoint to) {
        int hash = to.hashCode() * 0x9e37_79b9;
        return hash >>> 26; // 6 bits: 64 places
    }
}
