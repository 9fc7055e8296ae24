// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

/** What a relay counts. */
public enum RelayCount {
    /** Connections taken. */
    ACCEPTED,
    /** Connections closed at once because there were as many as may be. */
    REFUSED_FULL,
    /** Connections closed at once because their source had as many as it may have. */
    REFUSED_SOURCE,
    /** Connections closed because they did not become one to a relay in time, or at all. */
    NOT_A_CLIENT,
    /** Connections closed because of a message that cannot be. */
    MALFORMED,
    /** Connections closed because nothing came or went for long. */
    IDLE,
    /** Datagrams from clients passed on. */
    OUT_DATAGRAMS,
    /** Their payload. */
    OUT_BYTES,
    /** Datagrams passed on to clients. */
    IN_DATAGRAMS,
    /** Their payload. */
    IN_BYTES,
    /** Messages from clients that are no datagrams. */
    OUT_NO_DATAGRAM,
    /** Datagrams from clients that are no packets of the protocol. */
    OUT_NOT_A_PACKET,
    /** Datagrams to addresses or ports that are not served. */
    OUT_REFUSED,
    /** Datagrams to somebody who has not answered, beyond the few that are meant to make him. */
    OUT_UNANSWERED,
    /** Datagrams beyond what their source may send. */
    OUT_RATE,
    /** Datagrams that the system did not take. */
    OUT_FAILED,
    /** Datagrams to clients that are no packets of the protocol. */
    IN_NOT_A_PACKET,
    /** Datagrams to clients beyond what may be sent to their source. */
    IN_RATE
}
