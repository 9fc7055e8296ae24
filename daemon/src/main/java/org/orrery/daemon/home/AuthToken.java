// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.util.random.RandomGenerator;

/** Makes the API's token: 24 of 36 characters, some 124 bits. */
final class AuthToken {
    static final int LENGTH = 24;

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

    private AuthToken() {}

    static String create(RandomGenerator secure) {
        StringBuilder token = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            token.append(ALPHABET.charAt(secure.nextInt(ALPHABET.length())));
        }
        return token.toString();
    }
}
