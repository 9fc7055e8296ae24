// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import org.orrery.net.RoutingRule;
import org.orrery.net.SystemCallException;

/** The host's rules for choosing a routing table. */
final class RoutingRules {
    private final Netlink netlink;

    RoutingRules(Netlink netlink) {
        this.netlink = netlink;
    }

    /** The rules that {@link RoutingRule} can express, those of other kinds left out. */
    List<RoutingRule> list() throws SystemCallException {
        List<RoutingRule> rules = new ArrayList<>();
        for (int family : new int[] {Constants.AF_INET, Constants.AF_INET6}) {
            try {
                var request = NetlinkMessage.rule(Rtnetlink.GET_RULE, NetlinkMessage.DUMP, family, 0, 0, 0, 0);
                rules.addAll(netlink.dump("list rules", request, Rtnetlink.RULE_BYTES, reply -> read(reply, family)));
            } catch (SystemCallException failure) {
                // A host without IPv6, or a kernel without policy routing, has no such list.
                if (failure.errno() != Errno.EAFNOSUPPORT && failure.errno() != Errno.EOPNOTSUPP) {
                    throw failure;
                }
            }
        }
        return rules;
    }

    private static @Nullable RoutingRule read(NetlinkReply reply, int family) {
        boolean inverted = (reply.u32(8) & Rtnetlink.RULE_INVERT) != 0;
        int mark = reply.attribute(Rtnetlink.RULE_MARK, 0);
        boolean expressible = reply.type() == Rtnetlink.NEW_RULE
                && reply.u8(0) == family
                && reply.u8(1) == 0
                && reply.u8(7) == Rtnetlink.RULE_TO_TABLE
                && inverted == (mark != 0)
                && !reply.has(Rtnetlink.RULE_DEVICE);
        if (!expressible) {
            return null;
        }
        boolean v6 = family == Constants.AF_INET6;
        Ip source = reply.ip(Rtnetlink.RULE_SOURCE).orElse(null);
        int bits = reply.u8(2);
        if (source != null && (source.v6() != v6 || bits > source.width())) {
            return null;
        }
        return new RoutingRule(
                v6,
                Math.max(0, reply.attribute(Rtnetlink.RULE_PRIORITY, 0)),
                Math.max(0, reply.attribute(Rtnetlink.RULE_TABLE, reply.u8(4))),
                source == null ? null : new Prefix(source, bits),
                mark,
                reply.attribute(Rtnetlink.RULE_SUPPRESSED_BITS, -1) == 0);
    }

    void add(RoutingRule rule) throws SystemCallException {
        int flags = NetlinkMessage.ACK | NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE;
        try {
            netlink.request("add rule " + rule.priority(), message(Rtnetlink.NEW_RULE, flags, rule));
        } catch (SystemCallException failure) {
            if (!failure.exists()) {
                throw failure;
            }
        }
    }

    void remove(RoutingRule rule) throws SystemCallException {
        try {
            netlink.request("remove rule " + rule.priority(), message(Rtnetlink.DELETE_RULE, NetlinkMessage.ACK, rule));
        } catch (SystemCallException failure) {
            if (failure.errno() != Errno.ENOENT) {
                throw failure;
            }
        }
    }

    private static NetlinkMessage message(int type, int flags, RoutingRule rule) {
        Prefix from = rule.from();
        int family = rule.v6() ? Constants.AF_INET6 : Constants.AF_INET;
        var message = NetlinkMessage.rule(
                        type,
                        flags,
                        family,
                        from == null ? 0 : from.bits(),
                        Rtnetlink.RULE_TO_TABLE,
                        Rtnetlink.PROTOCOL_STATIC,
                        rule.exceptMark() == 0 ? 0 : Rtnetlink.RULE_INVERT)
                .with(Rtnetlink.RULE_PRIORITY, rule.priority())
                .with(Rtnetlink.RULE_TABLE, rule.table());
        if (from != null) {
            message.with(Rtnetlink.RULE_SOURCE, from.ip());
        }
        if (rule.exceptMark() != 0) {
            message.with(Rtnetlink.RULE_MARK, rule.exceptMark());
        }
        if (rule.withoutDefault()) {
            message.with(Rtnetlink.RULE_SUPPRESSED_BITS, 0);
        }
        return message;
    }
}
