// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

/** A credential of which a member can hold several, told apart by a 32-bit ID. */
public sealed interface IdentifiedCredential extends Credential permits Tag, Capability, OwnershipCertificate {
    CredentialType type();

    /** Unsigned. */
    int id();

    /** Milliseconds since 1970 on the controller's clock. */
    long timestamp();
}
