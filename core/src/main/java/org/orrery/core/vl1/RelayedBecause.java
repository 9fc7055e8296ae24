// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.List;

/** Why a peer has no direct path, in one sentence without a full stop. */
final class RelayedBecause {
    private RelayedBecause() {}

    /** What became of confirmed paths. */
    enum Paths {
        NONE,
        SILENT,
        /** Questions over one of them went unanswered. */
        FAILED;

        static Paths of(Path[] paths) {
            Paths state = NONE;
            for (Path path : paths) {
                state = path.failed() ? FAILED : state == FAILED ? FAILED : SILENT;
            }
            return state;
        }
    }

    /**
     * @param paths confirmed paths that it has, none of them in use
     * @param active whether anything was exchanged with it lately
     * @param candidates where it was looked for
     * @param nat how our own sockets are seen
     */
    static String text(boolean root, Paths paths, boolean active, List<Candidate> candidates, List<NatMapping> nat) {
        long tried = candidates.stream().filter(each -> each.tries() > 0).count();
        if (paths == Paths.FAILED) {
            return "its known paths stopped answering; they are asked again now and then";
        }
        if (paths == Paths.SILENT && !active && !root) {
            return "its path is at rest, for nothing was exchanged with it for more than " + Peer.ALIVE_MILLIS / 60_000
                    + " min";
        }
        if (paths == Paths.SILENT) {
            return "its known paths have been silent for more than " + Path.ALIVE_MILLIS / 1_000 + " s";
        }
        if (tried == 0 && candidates.stream().anyMatch(Candidate::refused)) {
            Candidate first =
                    candidates.stream().filter(Candidate::refused).findFirst().orElseThrow();
            return "no address named for it may be used; " + first.at() + " is " + first.refusedBecause();
        }
        if (tried == 0) {
            return root
                    ? "none of its addresses could be tried: this node has no local address of their kind"
                    : "no address of it is known yet: neither a root nor the peer has named one";
        }
        String count = tried == 1 ? "1 address was tried and has" : tried + " addresses were tried, none has";
        boolean before = candidates.stream().anyMatch(each -> each.lastAnsweredMillis() != 0);
        String silent = count + (tried == 1 ? " not answered" : " answered") + (before ? " lately" : "");
        return silent + (root ? "" : nat(nat));
    }

    private static String nat(List<NatMapping> nat) {
        boolean symmetric = nat.stream().anyMatch(each -> each.kind() == NatMapping.Kind.ENDPOINT_DEPENDENT);
        return symmetric
                ? "; this node's NAT maps every destination to another port, so the peer cannot know where to answer"
                : "";
    }
}
