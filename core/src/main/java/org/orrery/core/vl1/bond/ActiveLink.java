// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one link of active-backup that carries traffic, and why it does. Control lane only. */
final class ActiveLink<P extends BondedPath> {
    private static final long OPTIMIZE_MILLIS = 15_000;

    /** How much better another link must be, so that two equals do not take turns. */
    private static final double CLEARLY = 1.1;

    private final BondOptions options;
    private @Nullable Track<P> last;
    private boolean works;
    private String because = "";
    private boolean kept; // a person chose it
    private long changedMillis = Long.MIN_VALUE / 2;
    private String lostLink = "";
    private long lostHeardMillis;

    ActiveLink(BondOptions options) {
        this.options = options;
    }

    @Nullable
    Track<P> active() {
        return works ? last : null;
    }

    /** The active one, or the one that was active before all links failed. Null until there was one. */
    @Nullable
    Track<P> last() {
        return last;
    }

    /** Why this one, a sentence's end; empty while there is none. */
    String because() {
        return works ? because : "";
    }

    /** Chooses among those that may carry traffic. */
    void update(List<Track<P>> members, long nowMillis) {
        Track<P> current = last;
        if (current != null && !members.contains(current)) {
            Track<P> twin =
                    members.stream().filter(current::samePair).findFirst().orElse(null);
            if (twin != null) {
                last = twin; // another port of the same link
                current = twin;
            }
        }
        if (current == null || !members.contains(current)) {
            replace(current, members, nowMillis);
        } else {
            works = true; // if all had failed it takes up again
            reselect(current, members, nowMillis);
        }
    }

    private void replace(@Nullable Track<P> lost, List<Track<P>> members, long nowMillis) {
        if (lost != null && works) {
            lostLink = lost.path.link();
            lostHeardMillis = lost.path.lastInMillis();
        }
        Track<P> heir = lost == null ? null : named(lost.options.failoverTo(), members);
        Track<P> next = heir != null ? heir : best(members, lost, nowMillis);
        if (next == null) {
            works = false;
            kept = false;
            return;
        }
        String over = lost == null ? "" : ", took over from " + lost.path.link() + " which failed";
        String first = members.size() == 1 ? "the only link that works" : kind(next);
        take(next, heir != null ? "named by failoverTo" + over : first + over, nowMillis);
    }

    private String kind(Track<P> track) {
        if (options.reselect() == Reselect.OPTIMIZE || options.links().isEmpty()) {
            return "the best link";
        }
        return track.options.primary() ? "a primary link" : "the best spare link";
    }

    private static <P extends BondedPath> @Nullable Track<P> named(String link, List<Track<P>> members) {
        return link.isEmpty()
                ? null
                : members.stream()
                        .filter(each -> each.path.link().equals(link))
                        .findFirst()
                        .orElse(null);
    }

    /**
     * Those first of which there is no doubt, then primary ones, then those not on the interface that was lost, then the
     * better ones.
     */
    private @Nullable Track<P> best(List<Track<P>> members, @Nullable Track<P> lost, long nowMillis) {
        boolean marks = options.reselect() != Reselect.OPTIMIZE;
        return members.stream()
                .min(Comparator.<Track<P>>comparingInt(each -> each.up() ? 0 : 1)
                        .thenComparingInt(each -> proven(each) ? 0 : 1)
                        .thenComparingInt(each -> marks && each.options.primary() ? 0 : 1)
                        .thenComparingInt(
                                each -> lost != null && each.path.link().equals(lost.path.link()) ? 1 : 0)
                        .thenComparingDouble(each -> -score(each))
                        .thenComparingLong(each -> each.silentMillis(nowMillis)))
                .orElse(null);
    }

    /**
     * Another address or IP version of an interface on which a path was lost most likely went with it, unless something
     * came over it since: what stands by is asked more seldom than what carries traffic.
     */
    private boolean proven(Track<P> track) {
        return !track.path.link().equals(lostLink) || track.path.lastInMillis() - lostHeardMillis > 0;
    }

    private double score(Track<P> track) {
        return options.quality().score(track.latencyMillis(), track.path.meter().jitterMillis());
    }

    private void reselect(Track<P> current, List<Track<P>> members, long nowMillis) {
        if (kept || members.size() < 2) {
            return;
        }
        Track<P> best = best(members.stream().filter(each -> each != current).toList(), null, nowMillis);
        if (best == null || !best.up() || !proven(best)) {
            return;
        }
        boolean rises = best.options.primary() && !current.options.primary();
        boolean same = best.options.primary() == current.options.primary();
        boolean better = score(best) > score(current) * CLEARLY;
        switch (options.reselect()) {
            case ALWAYS -> {
                if (rises) {
                    take(best, "a primary link, back in place of " + current.path.link(), nowMillis);
                }
            }
            case BETTER -> {
                if (rises || same && better) {
                    take(best, "better than " + current.path.link(), nowMillis);
                }
            }
            case OPTIMIZE -> {
                if (better && nowMillis - changedMillis >= OPTIMIZE_MILLIS) {
                    take(best, "better than " + current.path.link(), nowMillis);
                }
            }
            case FAILURE -> {}
        }
    }

    /** Takes the next link because a person says so, until it fails; false if there is no other. */
    boolean rotate(List<Track<P>> members, long nowMillis) {
        Track<P> current = active();
        if (current == null || members.size() < 2) {
            return false;
        }
        take(members.get((members.indexOf(current) + 1) % members.size()), "chosen by hand", nowMillis);
        kept = true;
        return true;
    }

    private void take(Track<P> next, String why, long nowMillis) {
        last = next;
        works = true;
        because = why;
        kept = false;
        changedMillis = nowMillis;
    }
}
