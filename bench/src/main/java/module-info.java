// SPDX-License-Identifier: Apache-2.0
/** Measures the parts: ciphers, codecs, rules, fragments, and a data lane between two ends in memory. */
@org.jspecify.annotations.NullMarked
module org.orrery.bench {
    requires org.orrery.net;
    requires static transitive org.jspecify;
    requires org.orrery.core;
    requires org.orrery.sim;
    requires jmh.core;

    exports org.orrery.bench;
}
