// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.nio;

import java.net.SocketException;
import java.util.List;
import org.orrery.net.AddressWatcher;
import org.orrery.net.HostInterface;

/** Compares the interfaces with those of the last time it was asked. */
final class NioAddressWatcher implements AddressWatcher {
    private List<HostInterface> last;

    NioAddressWatcher() throws SocketException {
        last = NioInterfaces.list();
    }

    @Override
    public boolean changed() {
        try {
            List<HostInterface> now = NioInterfaces.list();
            boolean changed = !now.equals(last);
            last = now;
            return changed;
        } catch (SocketException failure) {
            return true; // its user lists the interfaces, and meets the failure there
        }
    }

    @Override
    public boolean pollable() {
        return false;
    }

    @Override
    public void close() {}
}
