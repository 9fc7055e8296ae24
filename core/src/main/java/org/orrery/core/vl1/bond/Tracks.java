// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All paths of a bond, and which of them take part. Several paths between one interface here and one address there differ in
 * their ports only: one of them takes part. Of the IP versions of an interface one takes part. Control lane only.
 */
final class Tracks<P extends BondedPath> {
    private final BondOptions options;
    private List<Track<P>> all = List.of();
    private List<Track<P>> members = List.of();

    /** Whether an interface uses IPv6. */
    private Map<String, Boolean> families = Map.of();

    Tracks(BondOptions options) {
        this.options = options;
    }

    /** Takes the paths that there are now, and chooses among them. */
    void update(P[] paths, long nowMillis) {
        List<Track<P>> now = new ArrayList<>(paths.length);
        for (P path : paths) {
            now.add(known(path));
        }
        all = now;
        all.forEach(track -> track.update(options, members.contains(track), nowMillis));
        Map<String, Boolean> chosen = new HashMap<>(families(true));
        families(false).forEach(chosen::putIfAbsent);
        families = chosen;
        members = chosen();
    }

    /** Which IP version each interface uses, if only paths count that work, or all that are allowed. */
    private Map<String, Boolean> families(boolean working) {
        Map<String, Boolean> found = new HashMap<>();
        for (Track<P> track : all) {
            if (working ? track.eligible() : track.allowed) {
                boolean wantsV6 = track.options.family().prefersV6();
                boolean v6 = track.path.remote().ip().v6();
                found.merge(track.path.link(), v6, (one, other) -> one.equals(other) ? one : wantsV6);
            }
        }
        return found;
    }

    private boolean inFamily(Track<P> track) {
        return families.getOrDefault(track.path.link(), false)
                == track.path.remote().ip().v6();
    }

    private Track<P> known(P path) {
        for (Track<P> track : all) {
            if (track.path.equals(path)) {
                return track;
            }
        }
        return new Track<>(path, options.link(path.link()));
    }

    /** In the order of the paths; who took part before goes on if it can, so that nothing moves without need. */
    private List<Track<P>> chosen() {
        List<Track<P>> now = new ArrayList<>();
        for (Track<P> track : all) {
            if (!track.eligible() || !inFamily(track)) {
                continue;
            }
            int pair = pairOf(now, track);
            if (pair < 0) {
                now.add(track);
            } else if (better(track, now.get(pair))) {
                now.set(pair, track);
            }
        }
        return now;
    }

    private int pairOf(List<Track<P>> chosen, Track<P> track) {
        for (int i = 0; i < chosen.size(); i++) {
            if (chosen.get(i).samePair(track)) {
                return i;
            }
        }
        return -1;
    }

    private boolean better(Track<P> track, Track<P> than) {
        if (track.up() != than.up()) {
            return track.up();
        }
        return members.contains(track) && !members.contains(than);
    }

    List<Track<P>> all() {
        return all;
    }

    /** Those that may carry traffic, one for each pair of an interface here and an address there. */
    List<Track<P>> members() {
        return members;
    }

    /** Pairs of an interface here and an address there, of the IP version in use, over which the owner allows paths. */
    int pairs() {
        List<Track<P>> seen = new ArrayList<>();
        for (Track<P> track : all) {
            if (track.allowed && inFamily(track) && pairOf(seen, track) < 0) {
                seen.add(track);
            }
        }
        return seen.size();
    }
}
