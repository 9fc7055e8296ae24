// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import tools.jackson.databind.JsonNode;

/** Why a member is let in. */
enum Admission {
    /** Its record says so. */
    RECORD("memberIsAuthorized"),
    /** The network is open to all. */
    PUBLIC_NETWORK("networkIsPublic"),
    /** It presented a token. */
    TOKEN("token"),
    /** It is not. */
    NONE("");

    private static final String TOKEN_PREFIX = "token:";

    private final String word;

    Admission(String word) {
        this.word = word;
    }

    /** As logs of requests name it. */
    String word() {
        return word;
    }

    /** The token that the request's credential names; empty if it names none. */
    static String token(String credential) {
        return credential.startsWith(TOKEN_PREFIX) ? credential.substring(TOKEN_PREFIX.length()) : "";
    }

    static Admission decide(long nowMillis, NetworkRecord network, MemberRecord member, String credential) {
        if (member.authorized()) {
            return RECORD;
        }
        if (!network.isPrivate()) {
            return PUBLIC_NETWORK;
        }
        String token = token(credential);
        return !token.isEmpty() && admits(nowMillis, network.authTokens(), member, token) ? TOKEN : NONE;
    }

    private static boolean admits(long nowMillis, JsonNode tokens, MemberRecord member, String token) {
        if (tokens.isObject()) {
            JsonNode expiry = tokens.get(token);
            return expiry != null && expiry.isNumber() && lasts(nowMillis, Json.integer(expiry, 0));
        }
        for (JsonNode entry : tokens) {
            if (entry.isObject()
                    && Json.string(entry.get("token"), "").equals(token)
                    && lasts(nowMillis, Json.integer(entry.get("expires"), 0))) {
                long usesMax = Json.integer(entry.get("maxUsesPerMember"), 0);
                if (usesMax == 0 || Long.compareUnsigned(member.usesOfToken(token), usesMax) < 0) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean lasts(long nowMillis, long expiryMillis) {
        return expiryMillis == 0 || Long.compareUnsigned(expiryMillis, nowMillis) > 0;
    }
}
