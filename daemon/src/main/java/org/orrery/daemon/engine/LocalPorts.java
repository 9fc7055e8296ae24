// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.orrery.daemon.home.LocalConfig;

/**
 * The UDP ports of a node. A second one helps behind routers that mix up two hosts inside with the same port. One that the
 * user names is there all the time; a random one comes once no root answers on the first, since each port costs a socket
 * for each address and lane, and greetings. Control lane only.
 */
final class LocalPorts {
    private static final int RANDOM_PORT_MIN = 20_000;
    private static final int RANDOM_PORTS = 45_500;

    /** Without a root for this long, a second port is tried. */
    static final long OFFLINE_MILLIS = 45_000;

    /** And another one after this. */
    static final long AGAIN_MILLIS = 120_000;

    private final int primary;
    private final RandomGenerator random;
    private int secondary;
    private boolean drawn;
    private int tertiary;
    private long patienceEndsMillis;

    LocalPorts(int primary, RandomGenerator random, long nowMillis) {
        this.primary = primary;
        this.random = random;
        this.patienceEndsMillis = nowMillis + OFFLINE_MILLIS;
    }

    /** @param taken whether no address got the second port */
    void update(LocalConfig.Settings settings, boolean online, boolean taken, long nowMillis) {
        tertiary = settings.portMapping() ? settings.tertiaryPort() : 0;
        if (online) {
            patienceEndsMillis = nowMillis + OFFLINE_MILLIS;
        }
        if (!settings.allowSecondaryPort()) {
            secondary = 0;
            drawn = false;
        } else if (settings.secondaryPort() != 0) {
            secondary = settings.secondaryPort();
            drawn = false;
        } else {
            if (!drawn) {
                secondary = 0;
            }
            if (nowMillis - patienceEndsMillis >= 0 || drawn && taken) {
                secondary = RANDOM_PORT_MIN + random.nextInt(RANDOM_PORTS);
                drawn = true;
                patienceEndsMillis = nowMillis + AGAIN_MILLIS;
            }
        }
    }

    /** The first is the one that others know; no port twice. */
    List<Integer> all() {
        List<Integer> all = new ArrayList<>(List.of(primary));
        for (int port : new int[] {secondary, tertiary}) {
            if (port != 0 && !all.contains(port)) {
                all.add(port);
            }
        }
        return all;
    }

    int secondary() {
        return secondary;
    }

    int tertiary() {
        return tertiary;
    }

    /** The one that routers are asked to pass on. */
    int mapped() {
        return tertiary != 0 ? tertiary : primary;
    }
}
