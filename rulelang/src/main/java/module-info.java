// SPDX-License-Identifier: Apache-2.0
/** The rule definition language: text to rule tables, with places in the text for everything that is said about it. */
@org.jspecify.annotations.NullMarked
module org.orrery.rulelang {
    requires static transitive org.jspecify;

    exports org.orrery.rulelang;
    exports org.orrery.rulelang.lint;
}
