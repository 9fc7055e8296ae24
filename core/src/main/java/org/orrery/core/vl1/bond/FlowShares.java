// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which place of {@link Spread} belongs to which path. balance-xor shares evenly and anew whenever paths come or go;
 * balance-aware by capacity, leaves out what is above the limits of quality, leaves flows where they are as long as that
 * is possible, and moves one of those in use at a time. Control lane only.
 */
final class FlowShares<P extends BondedPath> {
    /** Idle for so long and a flow is forgotten: its packets may go another way without overtaking each other. */
    static final long IDLE_MILLIS = 243_000;

    private final BondOptions options;
    private List<Track<P>> tracks = List.of();
    private byte[] assigned = new byte[Spread.FLOWS];
    private final long[] usedMillis = new long[Spread.FLOWS];

    FlowShares(BondOptions options) {
        this.options = options;
        java.util.Arrays.fill(usedMillis, Long.MIN_VALUE / 2);
    }

    /** Shares out among {@code members}, at least one; answers whether lanes need another spread. */
    boolean update(List<Track<P>> members, long nowMillis) {
        boolean changed = !members.equals(tracks);
        if (changed) {
            byte[] now = new byte[Spread.FLOWS];
            double[] shares = shares(members);
            for (int place = 0; place < now.length; place++) {
                int kept = options.policy() == BondPolicy.BALANCE_AWARE ? heir(members, place) : -1;
                now[place] = (byte) (kept >= 0 ? kept : drawn(shares, place));
            }
            tracks = List.copyOf(members);
            assigned = now;
        }
        if (options.policy() == BondPolicy.BALANCE_AWARE) {
            level(nowMillis);
        }
        return changed;
    }

    byte[] assigned() {
        return assigned;
    }

    long[] usedMillis() {
        return usedMillis;
    }

    /** Places in use that belong to {@code track}. */
    int flows(@Nullable Track<P> track, long nowMillis) {
        int index = track == null ? -1 : tracks.indexOf(track);
        int flows = 0;
        for (int place = 0; place < assigned.length; place++) {
            flows += assigned[place] == index && used(place, nowMillis) ? 1 : 0;
        }
        return flows;
    }

    private boolean used(int place, long nowMillis) {
        return nowMillis - usedMillis[place] < IDLE_MILLIS;
    }

    /** Where a place stays: with its path, or with the one that took that one's part between the same two ends. */
    private int heir(List<Track<P>> members, int place) {
        if (tracks.isEmpty()) {
            return -1;
        }
        Track<P> owner = tracks.get(assigned[place]);
        int index = members.indexOf(owner);
        for (int i = 0; index < 0 && i < members.size(); i++) {
            index = members.get(i).samePair(owner) ? i : -1;
        }
        return index;
    }

    /** What part of the flows each is to have; the sum is 1. */
    private double[] shares(List<Track<P>> members) {
        double[] shares = new double[members.size()];
        boolean aware = options.policy() == BondPolicy.BALANCE_AWARE;
        List<Integer> said = new ArrayList<>();
        boolean anyGood = false;
        for (Track<P> track : members) {
            if (track.options.capacity() > 0) {
                said.add(track.options.capacity());
            }
            anyGood |= !avoided(track);
        }
        double usual = said.stream().mapToInt(Integer::intValue).average().orElse(1);
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            Track<P> track = members.get(i);
            double capacity = track.options.capacity() > 0 ? track.options.capacity() : usual;
            shares[i] = !aware ? 1 : anyGood && avoided(track) ? 0 : capacity;
            sum += shares[i];
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    private boolean avoided(Track<P> track) {
        return options.quality()
                .avoids(track.latencyMillis(), track.path.meter().jitterMillis());
    }

    /** Spreads neighbouring places well: each next one lies the golden section further round. */
    private static int drawn(double[] shares, int place) {
        double at = place * 0.618_033_988_749_895 % 1;
        for (int i = 0; i < shares.length - 1; i++) {
            at -= shares[i];
            if (at < 0) {
                return i;
            }
        }
        return shares.length - 1;
    }

    /** Moves places from who has too many to who has too few: all that are not in use, and one that is. */
    private void level(long nowMillis) {
        double[] shares = shares(tracks);
        int[] missing = new int[shares.length];
        for (int i = 0; i < shares.length; i++) {
            missing[i] = (int) Math.round(shares[i] * assigned.length);
        }
        for (byte owner : assigned) {
            missing[owner]--;
        }
        boolean moved = false;
        for (int place = 0; place < assigned.length; place++) {
            int from = assigned[place];
            int to = neediest(missing);
            if (missing[from] < 0 && missing[to] > 0 && (!used(place, nowMillis) || !moved)) {
                moved |= used(place, nowMillis);
                assigned[place] = (byte) to;
                missing[from]++;
                missing[to]--;
            }
        }
    }

    private static int neediest(int[] missing) {
        int most = 0;
        for (int i = 1; i < missing.length; i++) {
            most = missing[i] > missing[most] ? i : most;
        }
        return most;
    }
}
