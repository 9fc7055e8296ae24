// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

/** What a controller did about one request for a configuration. */
public enum RequestOutcome {
    /** A configuration was sent. */
    CONFIGURED,
    /** The network does not exist; an error was sent. */
    NOT_FOUND,
    /** The member is not let in, or its address belongs to another identity; an error was sent. */
    DENIED,
    /** The network asks for a sign-on that the member has not made; an error was sent. */
    SIGN_ON_REQUIRED,
    /** The configuration is too large for any member; an error was sent. */
    TOO_LARGE,
    /** Within the least interval since the member's last request; no answer. */
    TOO_SOON,
    /** Too many requests wait; no answer. */
    BUSY,
    /** The network is another controller's, or nobody's; no answer. */
    NOT_OURS,
    /** The network's or member's record cannot be read, so that nothing can be decided; no answer. */
    UNREADABLE,
    /** What the answer would promise could not be stored; no answer. */
    NOT_STORED
}
