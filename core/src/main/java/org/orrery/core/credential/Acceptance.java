// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

import org.orrery.core.value.Address;

/** What became of a credential that was presented. */
public sealed interface Acceptance {
    /** An answer that stands. */
    enum Settled implements Acceptance {
        /** Genuine and now kept. */
        NEW,
        /** Already known; accepted, nothing changed. */
        REDUNDANT,
        /** Void by a revocation. */
        REVOKED,
        /** A newer one is held. */
        OLD,
        /** Not signed by the controller, or for another network, or of a type that nobody knows. */
        INVALID
    }

    /** Presented too early: the identity of {@code signer} is needed. Nothing changed; present it again. */
    record Waiting(Address signer) implements Acceptance {}

    /** Whether the sender showed something genuine, which is what trust in it rests on. */
    default boolean accepted() {
        return this instanceof Settled settled && (settled == Settled.NEW || settled == Settled.REDUNDANT);
    }
}
