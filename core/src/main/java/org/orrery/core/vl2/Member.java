// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import org.orrery.core.credential.MemberRecord;
import org.orrery.core.rules.FilterSide;

/**
 * Another member of a network as this node knows it. The control lane keeps its credentials; what lanes need of them is
 * published: whether it is allowed, what rules see of it, and whether it has our credentials.
 */
public final class Member {
    private final long address;

    private volatile boolean allowed;
    private volatile FilterSide side = FilterSide.UNKNOWN;
    private volatile long pushedMillis = Long.MIN_VALUE / 2;

    // Control lane only.
    final MemberRecord credentials;
    long likedMillis = Long.MIN_VALUE / 2;
    long refusedMillis = Long.MIN_VALUE / 2;
    long askedForMillis = Long.MIN_VALUE / 2;
    long askAgainMillis = ASK_MILLIS;
    long lastUsedMillis;

    /** Pauses between requests for a member's credentials, doubled each time until they bring something new. */
    static final long ASK_MILLIS = 1_000;

    static final long ASK_MILLIS_MAX = 30_000;

    /** How long a peer is trusted to remember our credentials. */
    static final long PUSH_MILLIS = 500_000;

    /** Longer than credentials may live: what was revoked stays revoked until nobody could use it any more. */
    static final long FORGOTTEN_MILLIS = 3 * 3_600_000L;

    Member(long address, MemberRecord credentials, long nowMillis) {
        this.address = address;
        this.credentials = credentials;
        this.lastUsedMillis = nowMillis;
    }

    /** Any thread: raw bits of the address. */
    public long address() {
        return address;
    }

    /** Any thread: whether frames from it are let in. */
    public boolean allowed() {
        return allowed;
    }

    /** Any thread: what rules see of it. */
    public FilterSide side() {
        return side;
    }

    /** Any thread: whether it should be shown our credentials before the next frame. */
    public boolean pushDue(long nowMillis) {
        return nowMillis - pushedMillis >= PUSH_MILLIS;
    }

    /** When it was last shown our credentials. */
    long pushedMillis() {
        return pushedMillis;
    }

    void pushed(long nowMillis) {
        pushedMillis = nowMillis;
    }

    /** Our credentials changed: what it was shown is out of date. */
    void forgetPush() {
        pushedMillis = Long.MIN_VALUE / 2;
    }

    void publish(boolean allowed, FilterSide side) {
        this.side = side;
        this.allowed = allowed;
    }
}
