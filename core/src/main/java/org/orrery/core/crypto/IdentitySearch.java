// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;

/**
 * Looks for an agreement key whose combined public key passes the memory-hard function. The signing key is drawn once
 * for each worker; what varies is the X25519 scalar, drawn anew for every attempt from the worker's own generator.
 */
final class IdentitySearch {
    private final AtomicReference<@Nullable SecretIdentity> found = new AtomicReference<>();

    private IdentitySearch() {}

    static SecretIdentity run(RandomGenerator secure, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads);
        }
        var search = new IdentitySearch();
        Thread caller = Thread.currentThread();
        Thread[] helpers = new Thread[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            var random = new SecureGenerator(secure);
            helpers[i] =
                    Thread.ofPlatform().name("identity-search-" + i).daemon().start(() -> search.work(random, caller));
        }
        search.work(new SecureGenerator(secure), caller);
        for (Thread helper : helpers) {
            join(helper);
        }
        SecretIdentity winner = search.found.get();
        if (winner == null) {
            throw new IllegalStateException("interrupted before an identity was found");
        }
        return winner;
    }

    /** Helpers look at {@code found} after each attempt, so this takes milliseconds. */
    private static void join(Thread helper) {
        boolean interrupted = false;
        while (true) {
            try {
                helper.join();
                break;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(SecureGenerator random, Thread caller) {
        byte[] privateBytes = new byte[SignatureKeyPair.PRIVATE_BYTES];
        byte[] scalar = new byte[Curves.KEY_BYTES];
        byte[] publicBytes = new byte[CombinedPublicKey.BYTES];
        random.nextBytes(privateBytes);
        byte[] seed = Arrays.copyOfRange(privateBytes, Curves.KEY_BYTES, privateBytes.length);
        System.arraycopy(Curves.signingPublicKey(seed), 0, publicBytes, Curves.KEY_BYTES, Curves.KEY_BYTES);
        Arrays.fill(seed, (byte) 0);
        try (var hash = new IdentityHash()) {
            while (found.get() == null && !caller.isInterrupted()) {
                random.nextBytes(scalar);
                System.arraycopy(Curves.agreementPublicKey(scalar), 0, publicBytes, 0, Curves.KEY_BYTES);
                hash.run(publicBytes);
                // A reserved address, one in 256, is a failed attempt like any other.
                if (hash.passes() && !Address.reserved(hash.addressBits())) {
                    System.arraycopy(scalar, 0, privateBytes, 0, scalar.length);
                    var identity = new Identity(new Address(hash.addressBits()), CombinedPublicKey.of(publicBytes));
                    var winner = new SecretIdentity(identity, SignatureKeyPair.of(privateBytes));
                    if (!found.compareAndSet(null, winner)) {
                        winner.close();
                    }
                }
            }
        }
        Arrays.fill(scalar, (byte) 0);
        Arrays.fill(privateBytes, (byte) 0);
        random.close();
    }
}
