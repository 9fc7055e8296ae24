// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

/**
 * Single sign-on: where the user of a member has to identify, known since protocol 12. Version 0 carries the URL and the
 * expiry, version 1 the other texts.
 *
 * @param authenticationExpiryMillis when the present sign-on lapses, milliseconds since 1970
 */
public record SignOn(
        boolean enabled,
        int version,
        String authenticationUrl,
        long authenticationExpiryMillis,
        String issuerUrl,
        String centralUrl,
        String nonce,
        String state,
        String clientId,
        String provider) {
    /** The provider when none is named. */
    public static final String DEFAULT_PROVIDER = "default";

    /** A network without sign-on. */
    public static final SignOn NONE = new SignOn(false, 0, "", 0, "", "", "", "", "", DEFAULT_PROVIDER);

    public static SignOn version0(String authenticationUrl, long authenticationExpiryMillis) {
        return new SignOn(true, 0, authenticationUrl, authenticationExpiryMillis, "", "", "", "", "", DEFAULT_PROVIDER);
    }

    public static SignOn version1(
            String issuerUrl, String centralUrl, String nonce, String state, String clientId, String provider) {
        return new SignOn(true, 1, "", 0, issuerUrl, centralUrl, nonce, state, clientId, provider);
    }
}
