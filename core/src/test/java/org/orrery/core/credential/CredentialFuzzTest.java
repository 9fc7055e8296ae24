// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.DropReason;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Any bytes are a credential or a fault. A credential is no longer than what it was read from, reads the same again, and
 * is never genuine by the key of somebody who did not sign it.
 */
final class CredentialFuzzTest {
    private static final Cast CAST = new Cast("-1.14.2");

    /** Signed nothing in the corpus, and stands in for every signer. */
    private static final Identity STRANGER = new Cast("").member(0);

    @FuzzTest(maxDuration = "10m")
    void membership(byte[] bytes) {
        MembershipCertificate read = check(MembershipCertificate::read, bytes);
        if (read != null) {
            assertThat(read.qualifiers()).hasSizeLessThanOrEqualTo(MembershipCertificate.QUALIFIERS_MAX);
            assertThat(written(read)).hasSizeLessThanOrEqualTo(MembershipCertificate.BYTES_MAX);
            read.agreesWith(read, CAST.member(0));
        }
    }

    @FuzzTest(maxDuration = "10m")
    void membershipText(byte[] text) {
        MembershipCertificate read = MembershipCertificate.parseText(new String(text, StandardCharsets.ISO_8859_1));
        assertThat(read.qualifiers()).hasSizeLessThanOrEqualTo(MembershipCertificate.QUALIFIERS_MAX);
        assertThat(MembershipCertificate.parseText(read.text())).isEqualTo(read);
    }

    @FuzzTest(maxDuration = "10m")
    void tag(byte[] bytes) {
        check(Tag::read, bytes);
    }

    @FuzzTest(maxDuration = "10m")
    void capability(byte[] bytes) {
        Capability read = check(Capability::read, bytes);
        if (read != null) {
            assertThat(read.rules().size()).isLessThanOrEqualTo(RuleTable.CAPABILITY_RULES_MAX);
            assertThat(read.chainMax()).isBetween(1, Capability.CHAIN_MAX);
            assertThat(read.custody()).hasSizeLessThanOrEqualTo(read.chainMax());
        }
    }

    @FuzzTest(maxDuration = "10m")
    void ownership(byte[] bytes) {
        OwnershipCertificate read = check(OwnershipCertificate::read, bytes);
        if (read != null) {
            assertThat(read.things()).hasSizeLessThanOrEqualTo(OwnershipCertificate.THINGS_MAX);
        }
    }

    @FuzzTest(maxDuration = "10m")
    void revocation(byte[] bytes) {
        check(Revocation::read, bytes);
    }

    private static <T extends Credential> @Nullable T check(Function<WireReader, @Nullable T> reader, byte[] bytes) {
        var in = new WireReader(bytes);
        T read = reader.apply(in);
        assertThat(read == null).isEqualTo(!in.intact());
        if (read == null) {
            assertThat(in.fault()).isIn(DropReason.TRUNCATED, DropReason.BAD_FIELD);
            return null;
        }
        byte[] written = written(read);
        assertThat(written).hasSizeLessThanOrEqualTo(in.position());
        var again = new WireReader(written);
        assertThat(reader.apply(again)).isEqualTo(read).hasSameHashCodeAs(read);
        assertThat(again.finished()).isTrue();
        assertThat(read.toString()).isNotEmpty();
        assertThat(CAST.verified(read)).isIn("ok", "bad", "waiting");
        assertThat(read.verify(_ -> STRANGER)).isEqualTo(Verification.Settled.BAD);
        return read;
    }

    private static byte[] written(Credential credential) {
        var out = new WireWriter(1 << 20);
        credential.write(out);
        assertThat(out.overflowed()).isFalse();
        return out.toByteArray();
    }
}
