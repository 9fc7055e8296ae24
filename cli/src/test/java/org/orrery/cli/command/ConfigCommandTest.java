// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.cli.Captured;
import org.orrery.cli.FakeNode;

/** {@code orrery config}. */
class ConfigCommandTest {
    private static final String ANSWER = """
            {"fault": "", "file": "/h/local.conf",
             "settings": [
               {"applied": "at start", "default": 9993, "inForce": 9993, "name": "primaryPort", "restartNeeded": true,
                "source": "local.conf", "value": 9994},
               {"applied": "at once", "default": [], "name": "bind", "restartNeeded": false, "source": "default", "value": []},
               {"applied": "at once", "default": true, "name": "portMappingEnabled", "restartNeeded": false,
                "source": "default", "value": true}],
             "physical": {"10.0.0.0/8": {"blacklist": false, "mtu": 1400, "trustedPathId": 7}},
             "virtual": {"ea71fc6cf8": {"blacklist": [], "try": ["10.0.0.1/9993", "10.0.0.2/9993"]}},
             "problems": [{"at": "settings.prot", "line": 3, "column": 5, "text": "unknown setting; ignored"}]}
            """;

    @TempDir
    private Path folder;

    private Captured captured;

    @BeforeEach
    void start() throws IOException {
        captured = new Captured(folder);
    }

    private int run(String... arguments) {
        return RootCommand.run(captured.terminal(), (home, port, anyUser) -> 5, arguments);
    }

    @Test
    void showsPoliciesOfBondsInATableOfTheirOwn() throws Exception {
        try (var node = new FakeNode().answer("GET /orrery/config", """
                {"fault": "", "file": "/h/local.conf", "physical": {}, "virtual": {}, "problems": [], "settings": [
                  {"applied": "at once", "default": {}, "name": "policies", "restartNeeded": false,
                   "source": "local.conf", "value": {"pair": {"basePolicy": "active-backup", "failoverInterval": 1000,
                     "upDelay": 0, "downDelay": 200, "activeReselect": "always", "links": {
                       "eth0": {"enabled": true, "capacity": 100, "ipvPref": 4, "mtu": 1400, "mode": "primary",
                                "failoverTo": "eth1"},
                       "eth1": {"enabled": true, "capacity": 0, "ipvPref": 0, "mtu": 0, "mode": "spare",
                                "failoverTo": ""}}}}}]}
                """)) {
            node.home(folder.resolve("home"));
            assertThat(run("config")).isZero();
            assertThat(captured.out()).isEqualTo("""
                    file  /h/local.conf

                    SETTING   VALUE  FROM        APPLIED
                    policies  pair   local.conf  at once

                    POLICY  BASE           FAILOVER  UP DELAY  DOWN DELAY  RESELECT
                    pair    active-backup  1000 ms   0 ms      200 ms      always
                        eth0: primary, capacity 100, ipvPref 4, mtu 1400, failover to eth1
                        eth1: spare
                    """);
        }
    }

    @Test
    void showsValuesTheirOriginAndWhatIsWrong() throws Exception {
        try (var node = new FakeNode().answer("GET /orrery/config", ANSWER)) {
            node.home(folder.resolve("home"));
            assertThat(run("config")).isZero();
            assertThat(captured.out()).isEqualTo("""
                    file  /h/local.conf

                    SETTING             VALUE  FROM        APPLIED
                    primaryPort         9994   local.conf  at start
                        in force until a restart: 9993
                    bind                -      default     at once
                    portMappingEnabled  yes    default     at once

                    PHYSICAL NETWORK  BLACKLIST  MTU   TRUSTED PATH
                    10.0.0.0/8        no         1400  7

                    PEER        TRY                           BLACKLIST
                    ea71fc6cf8  10.0.0.1/9993, 10.0.0.2/9993  -
                    """);
            assertThat(captured.err()).contains("line 3, column 5: settings.prot: unknown setting; ignored");
        }
    }

    @Test
    void checksAFileWithoutANode() throws Exception {
        Path file = folder.resolve("new.conf");
        Files.writeString(file, "{\"settings\": {\"primaryPort\": 9994}}");
        assertThat(run("config", "check", file.toString())).isZero();
        assertThat(captured.out()).isEqualTo(file + ": nothing is wrong\n");
        Files.writeString(file, "{\n  \"settings\": {\n    \"primryPort\": 9994,\n    \"bind\": 7}}");
        assertThat(run("config", "check", file.toString())).isOne();
        assertThat(captured.err())
                .contains(
                        file + ": line 3, column 5: settings.primryPort: unknown setting; ignored"
                                + " (is primaryPort meant?)",
                        file + ": line 4, column 5: settings.bind: not an array; ignored");
        Files.writeString(file, "{\"settings\": {,}}");
        assertThat(run("config", "check", file.toString())).isOne();
        assertThat(captured.err()).contains("line 1, column 15");
        assertThat(run("config", "check", folder.resolve("none").toString())).isOne();
    }
}
