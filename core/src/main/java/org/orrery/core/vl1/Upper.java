// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import org.orrery.core.value.DropReason;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.ErrorReply;
import org.orrery.core.verb.OkBody;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.WireReader;

/** What is above the peers: the virtual networks and the controller. Called on the control lane. */
public interface Upper {
    /** What became of a message, and what it proves. */
    record Outcome(DropReason reason, boolean post, boolean trust) {
        /** Handled; proves that the peer is there. */
        public static final Outcome ACCEPTED = new Outcome(DropReason.NONE, true, false);

        /** Handled; proves that the peer is there and belongs to a network of ours. */
        public static final Outcome TRUSTED = new Outcome(DropReason.NONE, true, true);

        /** Refused without any other effect. */
        public static Outcome dropped(DropReason reason) {
            return new Outcome(reason, false, false);
        }

        /** Content refused, but the packet still proves that the peer is there. */
        public static Outcome ignored(DropReason reason) {
            return new Outcome(reason, true, false);
        }

        /** Content refused, but the packet proves that the peer belongs to a network of ours. */
        public static Outcome ignoredTrusted(DropReason reason) {
            return new Outcome(reason, true, true);
        }
    }

    /** A message of the networks' own verbs; {@code body} begins after the verb. */
    Outcome message(Inbound packet, Peer peer, Verb verb, WireReader body, long nowMillis);

    /** An OK that was expected, to one of those verbs. */
    Outcome ok(Inbound packet, Peer peer, OkBody ok, long nowMillis);

    /** An ERROR of any peer; whom to believe is the receiver's to decide. */
    void error(Peer peer, ErrorReply error, long nowMillis);

    /** Whether {@code ip} lies inside a virtual network, so that it must not carry the network itself. */
    boolean insideNetwork(Ip ip);

    /**
     * A peer introduced itself, or there is a way to it again: it may have forgotten what it was told, and what it was told
     * meanwhile may be lost.
     */
    void greeted(Peer peer, long nowMillis);

    /** A peer's identity became known: what waited for it may be tried again. */
    void peerKnown(Peer peer, long nowMillis);
}
