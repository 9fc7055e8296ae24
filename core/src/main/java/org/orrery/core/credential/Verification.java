// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

import org.orrery.core.value.Address;

/** The answer to whether a credential is genuine. */
public sealed interface Verification {
    /** An answer that stands. */
    enum Settled implements Verification {
        OK,
        BAD
    }

    /** Nothing is wrong so far, but the identity of {@code signer} is needed to tell. */
    record Waiting(Address signer) implements Verification {}
}
