// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import org.jspecify.annotations.Nullable;

/**
 * A frame to be judged.
 *
 * @param text how it is called towards people
 * @param payload what follows the ether type; not a copy
 * @param sourceMac raw bits; null for the sender's own
 * @param destinationMac raw bits; null for the receiver's own
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record DescribedFrame(
        String text,
        int etherType,
        byte[] payload,
        @Nullable Long sourceMac,
        @Nullable Long destinationMac) {}
