// SPDX-License-Identifier: Apache-2.0
/** The network controller: requests and records in, signed configurations out. */
@org.jspecify.annotations.NullMarked
module org.orrery.controller {
    requires static transitive org.jspecify;
    requires transitive org.orrery.core;
    requires transitive tools.jackson.databind;

    exports org.orrery.controller;
    exports org.orrery.controller.store;
}
