// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang.lint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.orrery.rulelang.Definition;
import org.orrery.rulelang.Entry;
import org.orrery.rulelang.EntryType;
import org.orrery.rulelang.RuleTables;
import org.orrery.rulelang.Script;

/** What tables do with frames, as members evaluate them. */
final class TableChecks {
    private final Script script;
    private final RuleTables tables;
    private final Warnings warnings;
    private final Map<Long, RuleTables.Tag> tags = new HashMap<>();

    TableChecks(Script script, RuleTables tables, Warnings warnings) {
        this.script = script;
        this.tables = tables;
        this.warnings = warnings;
        tables.tags().forEach(tag -> tags.put(tag.id(), tag));
    }

    void run() {
        Reach any = Reach.of(tables.rules(), FrameKind.ANY);
        unreachable(any);
        end(any);
        capabilities(any);
        forgotten();
        entries(tables.rules());
        for (RuleTables.Capability capability : tables.capabilities()) {
            unreachable(Reach.of(capability.rules(), FrameKind.ANY));
            entries(capability.rules());
        }
    }

    private void unreachable(Reach reach) {
        if (reach.unreachable() != null && reach.deciding() != null) {
            warnings.at(
                    reach.unreachable(),
                    "unreachable",
                    "no frame comes here: '" + word(reach.deciding()) + "' before it takes them all",
                    "move this before it, or leave it out");
        }
    }

    private static String word(Entry action) {
        return switch (action.type()) {
            case ACCEPT -> "accept";
            case DROP -> "drop";
            default -> "break";
        };
    }

    private void end(Reach any) {
        if (any.deciding() == null
                && tables.capabilities().isEmpty()
                && !tables.rules().isEmpty()) {
            warnings.at(
                    tables.rules().getLast(),
                    "missing-end",
                    "frames that match no rule are dropped behind this one",
                    "say so with 'drop;' at the end, or let them through with 'accept;'");
        }
    }

    private void capabilities(Reach any) {
        if (any.undecided() || any.deciding() == null) {
            return;
        }
        boolean drop = any.deciding().type() == EntryType.DROP;
        for (Definition.Capability capability : script.capabilities().values()) {
            warnings.at(
                    capability.nameSpan(),
                    "useless-capability",
                    "capability '" + capability.name() + "' never decides: the base table "
                            + (drop ? "drops" : "accepts") + " everything that comes to its end",
                    drop
                            ? "leave out the last 'drop;': what matches no rule is dropped, after capabilities were asked"
                            : "let the base table 'break' for frames that need a capability");
        }
    }

    /** What can accept frames of a kind; null if nothing can. */
    private @Nullable Entry accepting(FrameKind kind) {
        Reach base = Reach.of(tables.rules(), kind);
        if (base.accepting() != null || !base.undecided()) {
            return base.accepting();
        }
        for (RuleTables.Capability capability : tables.capabilities()) {
            Entry accepting = Reach.of(capability.rules(), kind).accepting();
            if (accepting != null) {
                return accepting;
            }
        }
        return null;
    }

    private void forgotten() {
        Entry ipv4 = accepting(FrameKind.IPV4);
        if (ipv4 != null && accepting(FrameKind.ARP) == null) {
            warnings.at(
                    ipv4,
                    "arp-forgotten",
                    "this lets IPv4 through, but nothing lets ARP through: members will not find each other",
                    "add: accept ethertype arp;");
        }
        Entry ipv6 = accepting(FrameKind.IPV6_TCP);
        if (ipv6 != null && accepting(FrameKind.NEIGHBOR_SOLICITATION) == null) {
            warnings.at(
                    ipv6,
                    "nd-forgotten",
                    "this lets IPv6 through, but nothing lets neighbor discovery through: members will not find"
                            + " each other",
                    "add: accept ethertype ipv6 and ipprotocol icmp6;");
        }
    }

    private void entries(List<Entry> table) {
        int start = 0;
        for (int i = 0; i < table.size(); i++) {
            if (table.get(i).action()) {
                set(table.subList(start, i));
                start = i + 1;
            }
        }
        set(table.subList(start, table.size()));
    }

    /** The matches of one statement: each with those that it has to hold together with, before it or after it. */
    private void set(List<Entry> set) {
        for (int i = 0; i < set.size(); i++) {
            Entry entry = set.get(i);
            List<Entry> together = new ArrayList<>(set.subList(0, i));
            set.stream().skip(i + 1).takeWhile(next -> !next.or()).forEach(together::add);
            switch (entry.type()) {
                case ICMP -> icmp(entry);
                case IPV4_SOURCE, IPV4_DEST, IPV6_SOURCE, IPV6_DEST -> prefix(entry);
                case SOURCE_PORT, DEST_PORT -> ports(entry, together);
                case CHARACTERISTICS -> characteristics(entry, together);
                case TAGS_DIFFERENCE, TAGS_AND, TAGS_OR, TAGS_XOR, TAGS_EQUAL, TAG_SENDER, TAG_RECEIVER -> tag(entry);
                default -> {}
            }
        }
    }

    private void icmp(Entry entry) {
        if (entry.not() && entry.isNull("icmpCode")) {
            warnings.at(
                    entry,
                    "not-ignored",
                    "members from 1.14 on ignore 'not' here, older ones do not: it only works with a code",
                    "accept or drop the type in a statement of its own before this one");
        }
    }

    private void prefix(Entry entry) {
        String fault = Prefixes.fault(entry);
        if (fault != null) {
            warnings.at(entry, "prefix", fault, Prefixes.remedy(entry));
        }
    }

    private static boolean named(List<Entry> set, EntryType type) {
        return set.stream().anyMatch(match -> match.type() == type && !match.not());
    }

    private void ports(Entry entry, List<Entry> set) {
        if (!set.stream().anyMatch(match -> match.type() == EntryType.IP_PROTOCOL)) {
            warnings.at(
                    entry,
                    "any-protocol",
                    entry.not()
                            ? "this is so for every IP frame without such a port, whatever its protocol"
                            : "this matches TCP, UDP, SCTP and UDP-Lite alike",
                    "name one beside it: ipprotocol tcp");
        }
    }

    private void characteristics(Entry entry, List<Entry> set) {
        long mask = Long.parseUnsignedLong(entry.text("mask"), 16);
        boolean tcp = (mask & 0xfff) != 0;
        if (tcp && entry.not() && !named(set, EntryType.IP_PROTOCOL) && !named(set, EntryType.CHARACTERISTICS)) {
            warnings.at(
                    entry,
                    "any-protocol",
                    "frames that are not TCP have no TCP flags: this is so for all of them",
                    "name the protocol beside it: ipprotocol tcp");
        }
    }

    private void tag(Entry entry) {
        RuleTables.Tag tag = tags.get(entry.number("id"));
        if (tag != null && tag.value() == null) {
            warnings.at(
                    entry,
                    "no-default",
                    "tag '" + tag.name() + "' has no default: this never matches for members who were not given one",
                    "add a default to tag '" + tag.name() + "'");
        }
    }
}
