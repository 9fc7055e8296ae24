// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

/** What a bond knows of one path. Control lane only. */
final class Track<P extends BondedPath> {
    final P path;
    final LinkOptions options;

    /** Whether it may be used by the owner's word. */
    final boolean allowed;

    private boolean down;
    private long downSinceMillis;
    private long upSinceMillis = Long.MIN_VALUE / 2;
    private boolean eligible;
    private boolean asked;
    private long askedMillis;
    private long openMillis; // how much of the time since it was first asked in vain somebody watched
    private long updatedMillis;
    private long lastAskedMillis = Long.MIN_VALUE / 2;

    Track(P path, LinkOptions options) {
        this.path = path;
        this.options = options;
        this.allowed = path.bondable()
                && options.enabled()
                && options.family().allows(path.remote().ip().v6());
    }

    /**
     * Looks at the path anew.
     *
     * @param member whether it took part so far, and is asked when it is silent: then silence counts only after a question.
     *     A node that slept heard nothing, and asked nothing either.
     */
    void update(BondOptions bond, boolean member, long nowMillis) {
        if (asked && path.lastInMillis() - askedMillis >= 0) {
            asked = false;
            openMillis = 0;
        } else if (asked) {
            openMillis += Math.clamp(nowMillis - updatedMillis, 0, bond.watchedMillisMax());
        }
        updatedMillis = nowMillis;
        boolean silent = silentMillis(nowMillis) >= bond.failoverMillis();
        boolean proven = !member || openMillis >= bond.answerMillis();
        boolean now = silent && proven || path.failing();
        if (now && !down) {
            downSinceMillis = nowMillis;
        } else if (!now && down) {
            upSinceMillis = nowMillis;
        }
        down = now;
        boolean works = down
                ? eligible && nowMillis - downSinceMillis < bond.downDelayMillis()
                : nowMillis - upSinceMillis >= bond.upDelayMillis();
        eligible = allowed && works;
    }

    /** Whether it is time for a question, the last one being older than {@code pauseMillis}; if so it counts as asked. */
    boolean ask(long pauseMillis, long nowMillis) {
        if (nowMillis - lastAskedMillis < pauseMillis) {
            return false;
        }
        lastAskedMillis = nowMillis;
        if (!asked) {
            asked = true;
            askedMillis = nowMillis;
        }
        return true;
    }

    /** Whether something came lately and questions are answered. */
    boolean up() {
        return !down;
    }

    /** Whether it may carry traffic. */
    boolean eligible() {
        return eligible;
    }

    /** How long nothing came. */
    long silentMillis(long nowMillis) {
        return nowMillis - path.lastInMillis();
    }

    /** One way in ms, 0 if not known. */
    double latencyMillis() {
        double told = path.meter().latencyMillis();
        return told >= 0 ? told : Math.max(0, path.roundTripMillis()) / 2.0;
    }

    /** Whether both go between the same interface here and the same address there, so that they fail together. */
    boolean samePair(Track<P> other) {
        return path.link().equals(other.path.link())
                && path.remote().ip().equals(other.path.remote().ip());
    }
}
