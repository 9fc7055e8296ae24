// SPDX-License-Identifier: Apache-2.0
/** Ports to the outside: UDP sockets, TAP devices, netlink. The linux package is the only user of native access. */
@org.jspecify.annotations.NullMarked
module org.orrery.net {
    requires static transitive org.jspecify;
    requires transitive org.orrery.core;
    requires java.xml;
    requires jdk.net;

    exports org.orrery.net;
    exports org.orrery.net.superframe;
    exports org.orrery.net.linux;
    exports org.orrery.net.nio;
    exports org.orrery.net.portmap;
    exports org.orrery.net.relay;
}
