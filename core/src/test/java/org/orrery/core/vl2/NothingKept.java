// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import org.orrery.core.vl1.Vl1;
import org.orrery.core.world.World;

/** Keeps nothing. */
final class NothingKept implements Vl1.Storage {
    @Override
    public void world(World world) {}

    @Override
    public void forgetMoon(long id) {}

    @Override
    public void peer(long address, byte[] record) {}

    @Override
    public void forgetPeer(long address) {}
}
