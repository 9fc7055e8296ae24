// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireWriter;

/**
 * A statement signed by a network's controller. Whoever delivers one does not matter: it is filed under its subject and
 * judged by its signature. Values are immutable, keep the bytes their signature covers as they were received, and are
 * equal when all they would write is equal.
 */
public sealed interface Credential permits MembershipCertificate, IdentifiedCredential, Revocation {
    /** The network it is about; its upper 40 bits name the only node that may have signed it. */
    NetworkId network();

    /** The member it is about. */
    Address subject();

    /**
     * Whether the network's controller signed this. {@code identities} answers null for an address whose identity is not
     * known; it is asked for signers only.
     */
    Verification verify(Function<Address, @Nullable Identity> identities);

    /** Writes the wire form. Additional data, which no version uses and no signature covers, is not kept. */
    void write(WireWriter out);
}
