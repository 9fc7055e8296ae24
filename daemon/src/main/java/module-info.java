// SPDX-License-Identifier: Apache-2.0
/** The service: lanes, home folder, local API. */
@org.jspecify.annotations.NullMarked
module org.orrery.daemon {
    requires static transitive org.jspecify;
    requires transitive org.orrery.core;
    requires transitive org.orrery.net;
    requires transitive org.orrery.controller;
    requires transitive tools.jackson.databind;
    requires jdk.httpserver;
    requires jdk.unsupported;

    exports org.orrery.daemon;
    exports org.orrery.daemon.api;
    exports org.orrery.daemon.capture;
    exports org.orrery.daemon.dns;
    exports org.orrery.daemon.engine;
    exports org.orrery.daemon.home;
    exports org.orrery.daemon.host;
    exports org.orrery.daemon.json;

    provides System.LoggerFinder with
            org.orrery.daemon.EventLog;
}
