// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.rules.RuleVectors;
import org.orrery.core.value.Address;
import org.orrery.core.value.Hex;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;
import tools.jackson.databind.JsonNode;

/** The recorded credentials of one protocol generation, with the identities that appear in them. */
final class Cast {
    final JsonNode root;
    private final Map<Address, SecretIdentity> secrets = new HashMap<>();
    private final Map<Address, Identity> known = new HashMap<>();

    Cast(String generation) {
        root = RuleVectors.load("credentials" + generation);
        for (JsonNode entry : root.get("identities")) {
            SecretIdentity secret =
                    SecretIdentity.parse(entry.get("secretString").asString()).orElseThrow();
            secrets.put(secret.identity().address(), secret);
            if (!entry.get("role").asString().contains("not known")) {
                known.put(secret.identity().address(), secret.identity());
            }
        }
    }

    /** What the verifying node knows. */
    @Nullable
    Identity known(Address address) {
        return known.get(address);
    }

    SecretIdentity secret(Address address) {
        return Objects.requireNonNull(secrets.get(address));
    }

    Identity member(int index) {
        return secret(Address.parse(
                                root.get("identities").get(index).get("address").asString())
                        .orElseThrow())
                .identity();
    }

    static Address address(JsonNode node) {
        return Address.parse(node.asString()).orElseThrow();
    }

    static WireReader reader(JsonNode hex) {
        return new WireReader(RuleVectors.bytes(hex));
    }

    static String written(Credential credential) {
        var out = new WireWriter(Capability.BYTES_MAX);
        credential.write(out);
        return Hex.of(out.toByteArray());
    }

    String verified(Credential credential) {
        return switch (credential.verify(this::known)) {
            case Verification.Settled settled -> settled == Verification.Settled.OK ? "ok" : "bad";
            case Verification.Waiting waiting -> "waiting";
        };
    }
}
