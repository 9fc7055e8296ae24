// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OneMainTest {
    @TempDir
    Path folder;

    private Captured captured;
    private final List<String> started = new ArrayList<>();
    private final DaemonStarter starter = (home, port, anyUser) -> {
        started.add(home.orElseThrow() + " " + (port.isPresent() ? port.getAsInt() : "-") + " " + anyUser);
        return 7;
    };

    @BeforeEach
    void capture() {
        captured = new Captured(folder);
    }

    private int run(boolean root, String... arguments) {
        return OneMain.run(captured.terminal(), starter, root, arguments);
    }

    @Test
    void startsANodeAsTold() {
        assertThat(run(true)).isEqualTo(7);
        assertThat(run(false, "-U", "-p9994", "there")).isEqualTo(7);
        assertThat(run(false, "there", "-U", "-p0")).isEqualTo(7);
        assertThat(run(true, "-p")).isEqualTo(7);
        assertThat(started).containsExactly("home - false", "there 9994 true", "there 0 true", "home 0 false");
    }

    @Test
    void insistsOnRoot() {
        assertThat(run(false, "there")).isEqualTo(1);
        assertThat(captured.err()).isEqualTo("tool: must be run as root (uid 0)\n");
        assertThat(started).isEmpty();
    }

    @Test
    void printsVersionAndHelp() {
        assertThat(run(false, "-v")).isZero();
        assertThat(captured.out()).isEqualTo("1.14.2\n");
        for (String[] arguments : new String[][] {{"-h"}, {"-?"}, {"-Z"}, {"a", "b"}, {"-ix"}, {"-qx"}}) {
            assertThat(run(true, arguments)).as(arguments[0]).isZero();
            assertThat(captured.out()).startsWith("Orrery").contains("Usage: tool [-switches] [home folder]");
        }
        assertThat(run(true, "-p65536")).isEqualTo(1);
        assertThat(captured.out()).contains("Usage: tool [-switches] [home folder]");
        assertThat(started).isEmpty();
    }

    @Test
    void isTheOtherToolsToo() {
        assertThat(run(false, "-i", "validate", "none")).isEqualTo(1);
        assertThat(captured.err()).isEqualTo("Identity argument invalid or file unreadable: none\n");
        assertThat(run(false, "-q", "-Dempty", "info")).isEqualTo(2);
        assertThat(captured.err()).isEqualTo("tool: missing port and zerotier-one.port not found in empty\n");
    }
}
