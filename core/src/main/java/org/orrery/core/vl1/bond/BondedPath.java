// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import org.orrery.core.value.Endpoint;

/** What a bond looks at in a path. */
public interface BondedPath {
    /** The local interface; the local address where no interface is known. */
    String link();

    int socket();

    /** UDP port of the socket. */
    int localPort();

    Endpoint remote();

    /** When something authentic arrived over it. */
    long lastInMillis();

    /** When something was sent over it. */
    long lastOutMillis();

    /** Whether questions over it go unanswered. */
    boolean failing();

    /** Whether it may be used with others: not so a way through a TCP relay. */
    boolean bondable();

    /** Round trip in ms, negative if not measured. */
    int roundTripMillis();

    /** What measures it; the same as long as the bond is there. */
    LinkMeter meter();
}
