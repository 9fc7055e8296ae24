// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.function.Consumer;
import org.orrery.core.crypto.Identity;

/**
 * Runs the memory-hard check of a stranger's identity, which takes tens of milliseconds: a service does it beside the
 * control lane, a simulation on the spot.
 */
public interface IdentityChecker {
    /** Calls {@code valid} on the control lane, now or later, with the answer. */
    void check(Identity identity, Consumer<Boolean> valid);
}
