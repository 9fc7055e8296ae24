// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Ip;

/**
 * A packet or frame that went no further, as far as it was understood.
 *
 * @param id tells it from others of this run of the node
 * @param millis when, wall clock
 * @param inbound whether it came from another node
 * @param frame whether this is about an Ethernet frame; else about a packet that was not opened that far, and the addresses
 *     are those of the underlay
 * @param network its number, 0 if unknown
 * @param peer address bits of the other node, 0 if unknown
 * @param table the network's table if its rules dropped it, else null
 * @param rule index of the rule that did; -1 if none did and that was why, or rules had nothing to do with it
 * @param etherType of the frame, -1 if unknown
 * @param protocol of IP, -1 if unknown
 * @param ports whether the port numbers mean something
 * @param skipped further ones of this lane that were not kept since the one before
 */
public record Drop(
        long id,
        long millis,
        boolean inbound,
        boolean frame,
        DropReason reason,
        long network,
        long peer,
        @Nullable RuleTable table,
        int rule,
        int etherType,
        int protocol,
        @Nullable Ip source,
        @Nullable Ip destination,
        boolean ports,
        int sourcePort,
        int destinationPort,
        long skipped) {}
