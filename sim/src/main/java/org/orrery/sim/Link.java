// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

/**
 * What happens to datagrams between two hosts, one way.
 *
 * @param delayMillis how long every datagram travels at least
 * @param jitterMillis up to this much more, evenly spread: datagrams overtake each other
 * @param loss share of datagrams that never arrive, 0 to 1
 * @param duplication share of datagrams that arrive twice, 0 to 1
 * @param mtu longest UDP payload that arrives at all
 */
public record Link(long delayMillis, long jitterMillis, double loss, double duplication, int mtu) {
    /** 10 ms each way, nothing lost: 20 ms for a round trip. */
    public static final Link GOOD = new Link(10, 0, 0, 0, 1472);

    public Link {
        if (delayMillis < 0 || jitterMillis < 0 || loss < 0 || loss > 1 || duplication < 0 || duplication > 1) {
            throw new IllegalArgumentException("impossible link");
        }
    }

    public Link delay(long millis) {
        return new Link(millis, jitterMillis, loss, duplication, mtu);
    }

    public Link jitter(long millis) {
        return new Link(delayMillis, millis, loss, duplication, mtu);
    }

    public Link loss(double share) {
        return new Link(delayMillis, jitterMillis, share, duplication, mtu);
    }

    public Link duplication(double share) {
        return new Link(delayMillis, jitterMillis, loss, share, mtu);
    }

    public Link mtu(int bytes) {
        return new Link(delayMillis, jitterMillis, loss, duplication, bytes);
    }
}
