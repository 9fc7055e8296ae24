// SPDX-License-Identifier: Apache-2.0
/** Command lines for a person and drop-ins for existing tools. */
@org.jspecify.annotations.NullMarked
module org.orrery.cli {
    requires static transitive org.jspecify;
    requires org.orrery.bench;
    requires org.orrery.core;
    requires org.orrery.daemon;
    requires org.orrery.rulelang;
    requires org.orrery.sim;
    requires tools.jackson.core;
    requires tools.jackson.databind;
    requires info.picocli;

    exports org.orrery.cli;
    exports org.orrery.cli.api;
    exports org.orrery.cli.interop;
    exports org.orrery.cli.lab;

    opens org.orrery.cli.command to
            info.picocli;
    opens org.orrery.cli.rules to
            info.picocli;
    opens org.orrery.cli.sim to
            info.picocli;
}
