// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.nio;

import org.orrery.net.UdpPortContract;

class NioUdpPortTest extends UdpPortContract {
    NioUdpPortTest() {
        super(new NioPorts());
    }
}
