// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.orrery.cli.lab.Lab;

/** For tests in a laboratory: where they cannot run they fail and say why; they never pass by not running. */
final class RootOnly implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        Lab.missing().ifPresent(what -> {
            throw new AssertionError(
                    context.getDisplayName() + " " + what + "; leave it out with -DexcludedGroups=root");
        });
    }
}
