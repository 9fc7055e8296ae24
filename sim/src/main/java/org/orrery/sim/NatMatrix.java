// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;

/** Two members of a network behind every pair of routers and firewalls: who gets a direct path, and how fast. */
public final class NatMatrix {
    private static final long LIMIT_MILLIS = 20_000;
    private static final long JOIN_MILLIS = 30_000;
    private static final long PING_MILLIS = 100;

    private NatMatrix() {}

    /** What stands between a member and the internet. */
    @SuppressWarnings("ImmutableEnumChecker") // NatKind is a record of enums and numbers
    public enum Site {
        NONE("none", null),
        FIREWALL("firewall", null),
        FULL_CONE("full cone", NatKind.FULL_CONE),
        ADDRESS("address", NatKind.ADDRESS_RESTRICTED),
        PORT("port", NatKind.PORT_RESTRICTED),
        COUNTING("counting", NatKind.SYMMETRIC_SEQUENTIAL),
        SYMMETRIC("symmetric", NatKind.SYMMETRIC);

        private final String text;
        private final @Nullable NatKind kind;

        Site(String text, @Nullable NatKind kind) {
            this.text = text;
            this.kind = kind;
        }

        /** A word or two for a person. */
        public String text() {
            return text;
        }

        /** Whether another external port is used for each destination, so that the other side has to guess it. */
        boolean unforeseen() {
            return kind != null && kind.mapping() != NatKind.Dependence.ENDPOINT_INDEPENDENT;
        }

        /** Whether only the very endpoint that was sent to may answer. */
        boolean strict() {
            return this == FIREWALL || kind != null && kind.filtering() == NatKind.Dependence.ADDRESS_AND_PORT;
        }
    }

    /** What the protocol as ZeroTier's nodes speak it can bring about, without guesses beyond theirs. */
    public enum Expectation {
        DIRECT("direct"),
        /** Version 1.2.0 guesses the next three ports of a router that counts; 1.14.2 guesses none. */
        GUESSED("1.2 may, 1.14 not"),
        RELAYED("relayed");

        private final String text;

        Expectation(String text) {
            this.text = text;
        }

        /** A few words for a person. */
        public String text() {
            return text;
        }
    }

    /**
     * One pair of sites.
     *
     * @param runs one for each seed
     * @param direct runs in which both members got a direct path within 20 s
     * @param medianMillis from the first ping to direct paths both ways, over the runs that got there; -1 if none did
     * @param worstMillis as above, the longest; -1 if none did
     * @param lostPings pings of all runs that had no answer, relayed or direct, of {@code sentPings}
     */
    public record Cell(
            Site first,
            Site second,
            int runs,
            int direct,
            long medianMillis,
            long worstMillis,
            int lostPings,
            int sentPings,
            Expectation reference) {}

    /**
     * All pairs, each once.
     *
     * @param firstSeed of {@code runs} seeds in a row
     * @param done told of each pair as it is done
     */
    public static List<Cell> all(long firstSeed, int runs, Consumer<Cell> done) {
        List<Cell> cells = new ArrayList<>();
        for (Site first : Site.values()) {
            for (Site second : Site.values()) {
                if (first.compareTo(second) <= 0) {
                    Cell cell = cell(first, second, firstSeed, runs);
                    cells.add(cell);
                    done.accept(cell);
                }
            }
        }
        return List.copyOf(cells);
    }

    private static Cell cell(Site first, Site second, long firstSeed, int runs) {
        List<Long> times = new ArrayList<>();
        int sent = 0;
        int lost = 0;
        for (int i = 0; i < runs; i++) {
            // The two change sides, for the order in which they come is not to matter.
            Run run = i % 2 == 0 ? run(firstSeed + i, first, second) : run(firstSeed + i, second, first);
            sent += run.sent;
            lost += run.sent - run.received;
            if (run.directMillis >= 0) {
                times.add(run.directMillis);
            }
        }
        Collections.sort(times);
        return new Cell(
                first,
                second,
                runs,
                times.size(),
                times.isEmpty() ? -1 : times.get((times.size() - 1) / 2),
                times.isEmpty() ? -1 : times.getLast(),
                lost,
                sent,
                reference(first, second));
    }

    /**
     * By the rules of the protocol: both sides are told the endpoint under which a root sees the other, send there, and
     * answer what comes. That fails only if one side's port is another than the root saw and the other side lets in
     * nobody but whom it sent to.
     */
    static Expectation reference(Site first, Site second) {
        boolean relayed = first.unforeseen() && second.strict() || second.unforeseen() && first.strict();
        if (!relayed) {
            return Expectation.DIRECT;
        }
        boolean counting = (!first.unforeseen() || first == Site.COUNTING)
                && (!second.unforeseen() || second == Site.COUNTING)
                && first != second;
        return counting ? Expectation.GUESSED : Expectation.RELAYED;
    }

    /** @param directMillis from the first ping until both have a direct path; negative if they do not get there */
    record Run(long directMillis, int sent, int received) {}

    static Run run(long seed, Site first, Site second) {
        var lab = new Lab(seed, 2);
        SimHost a = place(lab, 1, first);
        SimHost b = place(lab, 2, second);
        NetworkId network = lab.controller.network(1, true);
        lab.join(network, List.of(a, b), JOIN_MILLIS);
        long start = lab.internet.nowMillis();
        Ping ping = lab.ping(network, a, b, (int) (LIMIT_MILLIS / PING_MILLIS), PING_MILLIS);
        boolean reached = lab.internet.runUntil(() -> a.direct(b) && b.direct(a), LIMIT_MILLIS);
        long millis = lab.internet.nowMillis() - start;
        lab.internet.runFor(LIMIT_MILLIS - millis + 2_000);
        lab.check();
        return new Run(reached ? millis : -1, ping.sent(), ping.received());
    }

    private static SimHost place(Lab lab, int number, Site site) {
        SimHost member;
        if (site.kind == null) {
            member = lab.member(number);
            if (site == Site.FIREWALL) {
                member.firewall(Firewall.strict());
            }
        } else {
            Nat nat = lab.internet.nat("router" + number, Ip.v4(80, number, 0, 1), site.kind);
            member = lab.memberBehind(number, nat, Ip.v4(192, 168, 1, 10 + number));
        }
        member.start();
        return member;
    }
}
