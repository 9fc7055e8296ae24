// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** Asks for identities. Payload: one or more addresses u40; part of an address at the end is ignored. */
public record Whois(List<Address> wanted) implements Message {
    public Whois {
        wanted = List.copyOf(wanted);
    }

    @Override
    public int verbId() {
        return Verb.WHOIS.id();
    }

    public static @Nullable Whois read(WireReader in) {
        var wanted = new ArrayList<Address>();
        while (in.remaining() >= Address.BYTES) {
            wanted.add(new Address(in.u40()));
        }
        if (wanted.isEmpty()) {
            in.reject(DropReason.TRUNCATED);
        }
        return in.intact() ? new Whois(wanted) : null;
    }

    @Override
    public void write(WireWriter out) {
        for (Address address : wanted) {
            out.u40(address.bits());
        }
    }
}
