// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Answers WHOIS. Body: one or more public identities of 71 bytes. Whatever follows the last well-formed one is ignored;
 * the same identity may be there twice. None of them is proven by being here.
 */
public record OkWhois(List<Identity> identities) implements OkBody {
    public OkWhois {
        identities = List.copyOf(identities);
    }

    @Override
    public int answeredVerbId() {
        return Verb.WHOIS.id();
    }

    static @Nullable OkWhois read(WireReader in) {
        var identities = new ArrayList<Identity>();
        Identity identity = Identity.read(in);
        if (identity == null) {
            return null;
        }
        while (identity != null) {
            identities.add(identity);
            WireReader next = in.rest();
            identity = Identity.read(next);
            if (identity != null) {
                in.skip(Identity.BYTES);
            }
        }
        return new OkWhois(identities);
    }

    @Override
    public void write(WireWriter out) {
        for (Identity identity : identities) {
            identity.write(out);
        }
    }
}
