// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.orrery.core.value.Ip;

/** Puts a member together from words. It begins with the tags and capabilities that the rules give to everybody. */
public final class PartyBuilder {
    private final RuleBook book;
    private final long address;
    private final Map<Integer, Integer> tags = new HashMap<>();
    private final Set<Integer> capabilities = new HashSet<>();
    private final List<Ip> owned = new ArrayList<>();

    public PartyBuilder(RuleBook book, long address) {
        this.book = book;
        this.address = address;
        tags.putAll(book.tagDefaults());
        capabilities.addAll(book.capabilitiesByDefault());
    }

    /** {@code role=server}, {@code 1000=2}; {@code role=} for no such tag. */
    public PartyBuilder tag(String word) throws FaultException {
        int equals = word.indexOf('=');
        if (equals <= 0) {
            throw new FaultException("'" + word + "' is not TAG=VALUE, such as role=server or 1000=2");
        }
        int id = book.tag(word.substring(0, equals));
        String value = word.substring(equals + 1);
        if (value.isEmpty()) {
            tags.remove(id);
        } else {
            tags.put(id, book.value(id, value));
        }
        return this;
    }

    /** A capability by name or number; with a minus in front it is taken away. */
    public PartyBuilder capability(String word) throws FaultException {
        if (word.startsWith("-")) {
            capabilities.remove(book.capability(word.substring(1)));
        } else {
            capabilities.add(book.capability(word));
        }
        return this;
    }

    /** An IP address that a certificate says it uses. */
    public PartyBuilder owns(String word) throws FaultException {
        owned.add(Ip.parse(word).orElseThrow(() -> new FaultException("'" + word + "' is no IP address")));
        return this;
    }

    /**
     * What a controller or a node knows of it. Tags that it has are instead of those that everybody is given; of
     * capabilities it has these and no others.
     */
    public PartyBuilder known(Map<Integer, Integer> itsTags, Set<Integer> itsCapabilities, List<Ip> itsAddresses) {
        tags.putAll(itsTags);
        capabilities.clear();
        capabilities.addAll(itsCapabilities);
        owned.addAll(itsAddresses);
        return this;
    }

    public Party party() {
        return new Party(address, tags, capabilities, owned);
    }
}
