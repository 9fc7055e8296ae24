// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The paths to one peer, used together. It decides from what it is shown, and remembers what it decided; asking paths,
 * sending and receiving is done elsewhere. Control lane only, but for {@link Spread}, which it hands out.
 */
public final class Bond<P extends BondedPath> {
    private final BondOptions options;
    private final String peer;
    private final Consumer<String> events;
    private final long sinceMillis;
    private final Tracks<P> tracks;
    private final ActiveLink<P> active;
    private final FlowShares<P> shares;
    private List<Track<P>> spreadOver = List.of();
    private @Nullable Spread<P> spread;
    private String toldLinks = "";
    private long failovers;

    /**
     * @param peer as events name it
     * @param events takes finished lines for a person
     */
    public Bond(BondOptions options, String peer, Consumer<String> events, long nowMillis) {
        this.options = options;
        this.peer = peer;
        this.events = events;
        this.sinceMillis = nowMillis;
        this.tracks = new Tracks<>(options);
        this.active = new ActiveLink<>(options);
        this.shares = new FlowShares<>(options);
    }

    public BondOptions options() {
        return options;
    }

    /** Looks at the paths that there are now and decides anew. */
    public void update(P[] paths, long nowMillis) {
        tracks.update(paths, nowMillis);
        List<Track<P>> members = tracks.members();
        Track<P> before = active.last();
        active.update(members, nowMillis);
        tellLinks(members);
        if (options.policy() == BondPolicy.ACTIVE_BACKUP) {
            tellActive(before);
        } else if (members.size() < 2) {
            spreadOver = List.of();
            spread = null; // one path needs no choice
        } else {
            boolean changed = !members.equals(spreadOver);
            if (options.policy().byFlow()) {
                changed |= shares.update(members, nowMillis);
            }
            if (changed) {
                spreadOver = List.copyOf(members);
                spread = new Spread<>(
                        options.policy(),
                        members.stream().map(each -> each.path).toList(),
                        options.packetsPerLink(),
                        shares.assigned(),
                        shares.usedMillis());
            }
        }
    }

    private void tellLinks(List<Track<P>> members) {
        String now = "links=" + members.size() + " over=" + (members.isEmpty() ? "none" : names(members));
        if (!now.equals(toldLinks)) {
            events.accept((toldLinks.isEmpty() ? "bond.up" : "bond.links") + " peer=" + peer + " policy="
                    + options.policy().text() + " " + now);
            toldLinks = now;
        }
    }

    private static <P extends BondedPath> String names(List<Track<P>> members) {
        return String.join(
                ",",
                members.stream()
                        .map(each -> each.path.link())
                        .distinct()
                        .sorted()
                        .toList());
    }

    private void tellActive(@Nullable Track<P> before) {
        Track<P> now = active.active();
        if (before == null || now == null || before == now || before.samePair(now)) {
            return;
        }
        failovers++;
        events.accept("bond.failover peer=" + peer + " was=" + before.path.link() + " now=" + now.path.link() + " via="
                + now.path.remote() + " reason=" + active.because());
    }

    /** The path for whatever is not spread: the active one, or one of those that share. Null if none works. */
    public @Nullable P main() {
        Track<P> track = active.active();
        return track == null ? null : track.path;
    }

    /** How lanes are to share out frames; null if {@link #main} carries all. */
    public @Nullable Spread<P> spread() {
        return spread;
    }

    /** The paths to ask now, which count as asked then: silent ones that carry traffic or are to take over. */
    public List<P> questions(long nowMillis) {
        List<P> silent = new ArrayList<>();
        for (Track<P> track : tracks.all()) {
            // What carries traffic, and one path of each pair; the others hang on these.
            boolean member = tracks.members().contains(track);
            boolean lost = track.allowed
                    && !track.eligible()
                    && tracks.members().stream().noneMatch(track::samePair);
            long patience = lost ? options.failoverMillis() : options.doubtMillis();
            if ((member || lost)
                    && track.silentMillis(nowMillis) >= patience
                    && track.ask(options.doubtMillis(), nowMillis)) {
                silent.add(track.path);
            }
        }
        return silent;
    }

    /** Has another link carry the traffic of active-backup until it fails; false if there is none, or no such bond. */
    public boolean rotate(long nowMillis) {
        Track<P> before = active.last();
        boolean done = options.policy() == BondPolicy.ACTIVE_BACKUP && active.rotate(tracks.members(), nowMillis);
        tellActive(before);
        return done;
    }

    /** The bond ends; {@code reason} is a sentence's end. */
    public void end(String reason) {
        events.accept("bond.down peer=" + peer + " reason=" + reason);
    }

    /** What there is to tell now. */
    public BondReport report(long nowMillis) {
        double all = 0;
        for (Track<P> track : tracks.all()) {
            all += quality(track);
        }
        List<BondReport.Link> links = new ArrayList<>();
        for (Track<P> track : tracks.all()) {
            BondReport.State state = state(track);
            links.add(new BondReport.Link(
                    track.path.link(),
                    track.path.socket(),
                    track.path.localPort(),
                    track.path.remote(),
                    state,
                    because(track, state),
                    track.eligible(),
                    track.latencyMillis(),
                    track.path.meter().jitterMillis(),
                    all == 0 ? 0 : quality(track) / all,
                    spread != null && options.policy().byFlow() ? shares.flows(track, nowMillis) : 0,
                    track.options.capacity(),
                    track.path.lastInMillis(),
                    track.path.lastOutMillis()));
        }
        return new BondReport(options, tracks.members().size(), tracks.pairs(), sinceMillis, failovers, links);
    }

    private double quality(Track<P> track) {
        if (!track.eligible()) {
            return 0;
        }
        int most = tracks.members().stream()
                .mapToInt(each -> each.options.capacity())
                .max()
                .orElse(0);
        double capacity = most == 0 || track.options.capacity() == 0 ? 1 : (double) track.options.capacity() / most;
        return capacity
                * options.quality()
                        .score(track.latencyMillis(), track.path.meter().jitterMillis());
    }

    private BondReport.State state(Track<P> track) {
        if (!track.allowed) {
            return BondReport.State.OFF;
        }
        if (!track.eligible()) {
            return track.up() ? BondReport.State.WAITING : BondReport.State.FAILED;
        }
        if (!tracks.members().contains(track)) {
            return tracks.members().stream().anyMatch(track::samePair)
                    ? BondReport.State.ANOTHER_PORT
                    : BondReport.State.ANOTHER_FAMILY;
        }
        return spread != null || Objects.equals(active.active(), track)
                ? BondReport.State.IN_USE
                : BondReport.State.READY;
    }

    private String because(Track<P> track, BondReport.State state) {
        return switch (state) {
            case IN_USE -> spread == null ? active.because() : options.policy().meaning();
            case READY -> "would take over";
            case ANOTHER_PORT -> "another port of a link that is in use or ready";
            case ANOTHER_FAMILY -> "this interface uses the other IP version now";
            case WAITING -> "came back and must work for " + options.upDelayMillis() + " ms first";
            case FAILED -> "questions are not answered";
            case OFF ->
                !track.path.bondable()
                        ? "leads through the TCP relay"
                        : track.options.enabled() ? "not this IP version, says ipvPref" : "switched off in local.conf";
        };
    }
}
