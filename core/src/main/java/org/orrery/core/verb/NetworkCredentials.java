// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.Capability;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.credential.OwnershipCertificate;
import org.orrery.core.credential.Revocation;
import org.orrery.core.credential.Tag;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Presents credentials, of one network or several. Payload: membership certificates, each beginning with 1; a zero byte;
 * then capabilities, tags, revocations and certificates of ownership, each kind behind its number u16. The payload may
 * end behind any kind, and without the zero byte; it is always written in full. One malformed credential is a fault of
 * the whole. Nothing is verified by reading it.
 */
public record NetworkCredentials(
        List<MembershipCertificate> memberships,
        List<Capability> capabilities,
        List<Tag> tags,
        List<Revocation> revocations,
        List<OwnershipCertificate> ownerships)
        implements Message {
    public NetworkCredentials {
        memberships = List.copyOf(memberships);
        capabilities = List.copyOf(capabilities);
        tags = List.copyOf(tags);
        revocations = List.copyOf(revocations);
        ownerships = List.copyOf(ownerships);
    }

    @Override
    public int verbId() {
        return Verb.NETWORK_CREDENTIALS.id();
    }

    public static @Nullable NetworkCredentials read(WireReader in) {
        var memberships = new ArrayList<MembershipCertificate>();
        while (in.peek() > 0) {
            MembershipCertificate membership = MembershipCertificate.read(in);
            if (membership != null) {
                memberships.add(membership);
            }
        }
        if (in.remaining() > 0) {
            in.skip(1);
        }
        List<Capability> capabilities = readAll(in, Capability::read);
        List<Tag> tags = readAll(in, Tag::read);
        List<Revocation> revocations = readAll(in, Revocation::read);
        List<OwnershipCertificate> ownerships = readAll(in, OwnershipCertificate::read);
        return in.intact() ? new NetworkCredentials(memberships, capabilities, tags, revocations, ownerships) : null;
    }

    private static <T> List<T> readAll(WireReader in, Function<WireReader, @Nullable T> reader) {
        int count = in.remaining() > 0 ? in.u16() : 0;
        var all = new ArrayList<T>();
        for (int i = 0; i < count && in.intact(); i++) {
            T one = reader.apply(in);
            if (one != null) {
                all.add(one);
            }
        }
        return all;
    }

    @Override
    public void write(WireWriter out) {
        memberships.forEach(membership -> membership.write(out));
        out.u8(0).u16(capabilities.size());
        capabilities.forEach(capability -> capability.write(out));
        out.u16(tags.size());
        tags.forEach(tag -> tag.write(out));
        out.u16(revocations.size());
        revocations.forEach(revocation -> revocation.write(out));
        out.u16(ownerships.size());
        ownerships.forEach(ownership -> ownership.write(out));
    }
}
