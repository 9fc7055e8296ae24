// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.rules.FilterTrace;
import org.orrery.core.rules.OwnedAddresses;
import org.orrery.core.rules.TagNames;
import org.orrery.core.rules.TagSet;
import org.orrery.core.value.Ip;

/**
 * One end of a frame's way.
 *
 * @param address bits of its node address
 * @param tags values by ID
 * @param capabilities IDs of those it holds
 * @param owned IP addresses that certificates say it uses
 */
public record Party(long address, Map<Integer, Integer> tags, Set<Integer> capabilities, List<Ip> owned) {
    public Party {
        tags = Map.copyOf(tags);
        capabilities = Set.copyOf(capabilities);
        owned = List.copyOf(owned);
    }

    /** A member of whom only the address is known. */
    public static Party unknown(long address) {
        return new Party(address, Map.of(), Set.of(), List.of());
    }

    FilterSide side() {
        return new FilterSide(new TagSet(tags), new OwnedAddresses(List.of(), owned), List.of());
    }

    /** Its capabilities with their rules. */
    List<FilterTrace.Capability> held(RuleBook book) {
        return capabilities.stream()
                .flatMap(id -> java.util.stream.Stream.ofNullable(
                                book.capabilities().get(id))
                        .map(table -> new FilterTrace.Capability(id, table)))
                .toList();
    }

    /** {@code tags role=server; capabilities ssh; owns 10.1.1.2}. */
    public String credentials(TagNames names) {
        var text = new StringJoiner("; ");
        var tagText = new StringJoiner(" ");
        var sorted = new TreeMap<Integer, Integer>(Integer::compareUnsigned);
        sorted.putAll(tags);
        sorted.forEach((id, value) -> tagText.add(names.tag(id) + "=" + names.value(id, value & 0xffff_ffffL)));
        text.add(sorted.isEmpty() ? "no tags" : "tags " + tagText);
        var ids = new TreeSet<Integer>(Integer::compareUnsigned);
        ids.addAll(capabilities);
        if (!ids.isEmpty()) {
            text.add("capabilities "
                    + String.join(" ", ids.stream().map(names::capability).toList()));
        }
        if (!owned.isEmpty()) {
            text.add("owns " + String.join(" ", owned.stream().map(Ip::toString).toList()));
        }
        return text.toString();
    }
}
