// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import org.orrery.core.value.Endpoint;

/** A path that says what the test says. */
final class FakePath implements BondedPath {
    private static int sockets;

    private final String link;
    private final int socket = ++sockets;
    private final Endpoint remote;
    private final LinkMeter meter = new LinkMeter(0);
    long lastInMillis;
    boolean failing;
    int roundTripMillis = -1;

    FakePath(String link, String remote) {
        this.link = link;
        this.remote = Endpoint.parse(remote).orElseThrow();
    }

    @Override
    public String link() {
        return link;
    }

    @Override
    public int socket() {
        return socket;
    }

    @Override
    public int localPort() {
        return 9993;
    }

    @Override
    public Endpoint remote() {
        return remote;
    }

    @Override
    public long lastInMillis() {
        return lastInMillis;
    }

    @Override
    public long lastOutMillis() {
        return 0;
    }

    @Override
    public boolean failing() {
        return failing;
    }

    @Override
    public boolean bondable() {
        return !link.equals("tunnel");
    }

    @Override
    public int roundTripMillis() {
        return roundTripMillis;
    }

    @Override
    public LinkMeter meter() {
        return meter;
    }

    @Override
    public String toString() {
        return link + " to " + remote;
    }
}
