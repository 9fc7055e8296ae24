// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller.store;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;

/**
 * Something kept that cannot be used. It stays as it is until a person repairs or removes it.
 *
 * @param place the file, or another name by which a person finds it
 * @param fault what is wrong with it
 * @param network the network whose record (or whose member's record) it is, if its name tells
 * @param member the member whose record it is, null for a network's own record
 */
public record StoreFault(
        String place,
        String fault,
        @Nullable NetworkId network,
        @Nullable Address member) {
    @Override
    public String toString() {
        return place + ": " + fault;
    }
}
