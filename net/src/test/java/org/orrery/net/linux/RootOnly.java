// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For tests with real devices: where they cannot run they fail and say why; they never pass by not running. */
final class RootOnly implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        boolean root = System.getProperty("user.name").equals("root");
        if (!root || !Files.isReadable(Path.of("/dev/net/tun"))) {
            throw new AssertionError(
                    context.getDisplayName() + " needs root and /dev/net/tun; leave it out with -DexcludedGroups=root");
        }
    }
}
