// SPDX-License-Identifier: Apache-2.0
/**
 * The protocol as a function of time and events: packets, cryptography, peers, paths and virtual networks.
 * No module code reads a clock, opens a socket or file, or starts a thread (identity generation, which is asked
 * for explicitly, uses worker threads and is the one exception).
 */
@org.jspecify.annotations.NullMarked
module org.orrery.core {
    requires static transitive org.jspecify;
    requires static jdk.incubator.vector;
    requires org.lz4.java;

    exports org.orrery.core.credential;
    exports org.orrery.core.crypto;
    exports org.orrery.core.netconf;
    exports org.orrery.core.node;
    exports org.orrery.core.rules;
    exports org.orrery.core.value;
    exports org.orrery.core.verb;
    exports org.orrery.core.vl1;
    exports org.orrery.core.vl1.bond;
    exports org.orrery.core.vl2;
    exports org.orrery.core.wire;
    exports org.orrery.core.world;
}
