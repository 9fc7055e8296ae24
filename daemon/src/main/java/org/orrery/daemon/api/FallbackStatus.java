// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

/**
 * The way through a TCP relay at one moment.
 *
 * @param relay the one in use, tried last, or to be tried first; empty if there is none
 * @param proxy it is reached through, empty for none
 * @param sinceMillis when it came into this state, wall clock; 0 if off or not needed so far
 * @param because why it is in this state, a sentence without a full stop; empty if there is nothing to explain
 * @param failure why the last attempt to connect failed; empty if it did not
 * @param sent datagrams since the relay was first needed
 * @param received datagrams since then
 * @param dropped datagrams that the relay was not asked to send, most of them because too many waited
 */
public record FallbackStatus(
        State state,
        String relay,
        String proxy,
        long sinceMillis,
        String because,
        String failure,
        long sent,
        long received,
        long dropped) {
    /** What it does. */
    public enum State {
        /** Nothing, and will not. */
        OFF,
        /** Nothing, because UDP passes. */
        READY,
        /** It is needed and not there yet. */
        CONNECTING,
        /** It carries what UDP does not. */
        ACTIVE,
        /** It carries only what peers still send there. */
        LEAVING
    }

    public static FallbackStatus off(String because) {
        return new FallbackStatus(State.OFF, "", "", 0, because, "", 0, 0, 0);
    }
}
