// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.util.HashMap;
import java.util.Map;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/**
 * A stateful firewall: it changes no address, and lets in only what answers. What was sent to opens the way for as long as
 * the last datagram out is younger than {@code lifetimeMillis}. One thread.
 */
public final class Firewall {
    private static final long LIFETIME_MILLIS = 30_000;
    private static final int STATES_MAX = 65_536;

    private final NatKind.Dependence filtering;
    private final long lifetimeMillis;
    private final Map<Endpoint, Long> sentMillis = new HashMap<>();

    /** @param filtering what the leave to send in depends on; endpoint-independent: any datagram out lets all in */
    public Firewall(NatKind.Dependence filtering, long lifetimeMillis) {
        this.filtering = filtering;
        this.lifetimeMillis = lifetimeMillis;
    }

    /** As Linux tracks UDP: only the endpoint that was sent to may answer, for 30 s. */
    public static Firewall strict() {
        return new Firewall(NatKind.Dependence.ADDRESS_AND_PORT, LIFETIME_MILLIS);
    }

    /** Forgets whom it lets in, as a restarted one does. */
    public void restart() {
        sentMillis.clear();
    }

    void out(Endpoint to, long nowMillis) {
        if (sentMillis.size() >= STATES_MAX) {
            sentMillis.values().removeIf(sent -> nowMillis - sent >= lifetimeMillis);
        }
        if (sentMillis.size() < STATES_MAX) {
            sentMillis.put(seen(to), nowMillis);
        }
    }

    boolean in(Endpoint from, long nowMillis) {
        Long sent = sentMillis.get(seen(from));
        return sent != null && nowMillis - sent < lifetimeMillis;
    }

    private Endpoint seen(Endpoint far) {
        return switch (filtering) {
            case ENDPOINT_INDEPENDENT -> new Endpoint(Ip.v4(0), 0);
            case ADDRESS -> new Endpoint(far.ip(), 0);
            case ADDRESS_AND_PORT -> far;
        };
    }
}
