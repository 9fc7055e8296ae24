// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang.lint;

/** Placeholder. */
public final class Linter {
    private Linter() {}
}
