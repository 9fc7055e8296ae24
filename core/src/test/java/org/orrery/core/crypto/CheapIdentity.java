// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.Random;
import org.orrery.core.value.Address;

/** Identities with an address of the test's choice, made at once because nobody checks that it belongs to the key. */
public final class CheapIdentity {
    private CheapIdentity() {}

    /** The same one for the same address and number. */
    public static SecretIdentity of(long address, int number) {
        byte[] keys = new byte[SignatureKeyPair.PRIVATE_BYTES];
        new Random(address * 31 + number).nextBytes(keys);
        SignatureKeyPair pair = SignatureKeyPair.of(keys);
        String text = new Identity(new Address(address), pair.publicKey()) + ":" + pair.secretText();
        return SecretIdentity.parse(text).orElseThrow();
    }

    public static SecretIdentity of(long address) {
        return of(address, 0);
    }
}
