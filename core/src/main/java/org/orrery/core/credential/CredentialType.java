// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

/** The kinds of credential, with the numbers that revocations name them by. */
public enum CredentialType {
    MEMBERSHIP(1),
    CAPABILITY(2),
    TAG(3),
    OWNERSHIP(4);

    private final int id;

    CredentialType(int id) {
        this.id = id;
    }

    /** The number in a revocation. */
    public int id() {
        return id;
    }
}
