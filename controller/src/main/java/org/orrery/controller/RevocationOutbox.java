// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.CredentialType;
import org.orrery.core.credential.Revocation;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;

/**
 * Revocations on their way to members. Members of protocol 12 silently drop a second NETWORK_CREDENTIALS packet within a
 * second of the first, so what becomes due for a recipient meanwhile is collected and sent together. Owner thread only.
 */
final class RevocationOutbox {
    /** Between two packets to one recipient: the receivers' second and some jitter. */
    static final long SPACING_MILLIS = 1_200;

    /**
     * Deliveries that wait, over all recipients: 1048576 * 4 bytes = 4 MB and the revocations themselves. Only removing
     * a network of thousands of present members asks for more; what is beyond is left to members that pass them on.
     */
    static final int WAITING_MAX = 1 << 20;

    private final SecretIdentity controller;
    private final Map<Address, Recipient> byAddress = new HashMap<>();
    private final PriorityQueue<Recipient> byTime =
            new PriorityQueue<>(Comparator.comparingLong((Recipient recipient) -> recipient.notBeforeMillis)
                    .thenComparingLong(recipient -> recipient.turn));
    private int waiting;
    private long turns;

    private static final class Recipient {
        final Address address;
        final ArrayDeque<Pending> pending = new ArrayDeque<>(4);
        long notBeforeMillis;
        long turn;

        Recipient(Address address) {
            this.address = address;
        }
    }

    /** Signed when the first recipient is due: the members of a removed network need not all be signed at once. */
    private static final class Pending {
        final NetworkId network;
        final Address member;
        final long thresholdMillis;
        final int id;

        @Nullable
        Revocation signed;

        Pending(NetworkId network, Address member, long thresholdMillis, int id) {
            this.network = network;
            this.member = member;
            this.thresholdMillis = thresholdMillis;
            this.id = id;
        }

        Revocation signed(SecretIdentity controller) {
            if (signed == null) {
                signed = Revocation.issue(
                        id,
                        network,
                        CredentialType.MEMBERSHIP,
                        0,
                        thresholdMillis,
                        Revocation.FLAG_FAST_PROPAGATE,
                        member,
                        controller);
            }
            return signed;
        }
    }

    RevocationOutbox(SecretIdentity controller) {
        this.controller = controller;
    }

    /** Makes {@code member}'s membership void up to {@code nowMillis} in the eyes of {@code recipients}. */
    void revoke(long nowMillis, NetworkId network, Address member, int id, Collection<Address> recipients) {
        var revocation = new Pending(network, member, nowMillis, id);
        for (Address address : recipients) {
            if (waiting == WAITING_MAX) {
                return;
            }
            Recipient recipient = byAddress.get(address);
            if (recipient == null) {
                recipient = new Recipient(address);
                recipient.notBeforeMillis = nowMillis;
                recipient.turn = turns++;
                byAddress.put(address, recipient);
                byTime.add(recipient);
            }
            recipient.pending.add(revocation);
            waiting++;
        }
    }

    /** Sends what is due, at most {@code packetsMax} packets. */
    void send(long nowMillis, int packetsMax, ControllerSink sink) {
        for (int packets = 0; packets < packetsMax; ) {
            Recipient recipient = byTime.peek();
            if (recipient == null || !due(nowMillis, recipient.notBeforeMillis)) {
                return;
            }
            byTime.remove();
            if (recipient.pending.isEmpty()) {
                byAddress.remove(recipient.address);
                continue;
            }
            sink.sendRevocations(recipient.address, take(recipient));
            packets++;
            recipient.notBeforeMillis = nowMillis + SPACING_MILLIS;
            recipient.turn = turns++;
            byTime.add(recipient);
        }
    }

    private List<Revocation> take(Recipient recipient) {
        var batch = new ArrayList<Revocation>();
        while (batch.size() < Controller.REVOCATIONS_PER_PACKET_MAX && !recipient.pending.isEmpty()) {
            batch.add(recipient.pending.remove().signed(controller));
            waiting--;
        }
        return batch;
    }

    /** Also true when the clock was set back, which must not hold anything up. */
    private static boolean due(long nowMillis, long notBeforeMillis) {
        return nowMillis - notBeforeMillis >= 0 || notBeforeMillis - nowMillis > SPACING_MILLIS;
    }

    /** When {@link #send} has something to do, {@link Long#MAX_VALUE} for never. */
    long nextMillis() {
        Recipient first = byTime.peek();
        return first == null ? Long.MAX_VALUE : first.notBeforeMillis;
    }
}
