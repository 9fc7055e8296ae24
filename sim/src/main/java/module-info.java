// SPDX-License-Identifier: Apache-2.0
/** A virtual internet for whole nodes: hosts, links, loss, stepped time, one seed. */
@org.jspecify.annotations.NullMarked
module org.orrery.sim {
    requires static transitive org.jspecify;
    requires org.orrery.controller;
    requires transitive org.orrery.core;
    requires java.management;
    requires tools.jackson.databind;

    exports org.orrery.sim;
}
