// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class FileStoreCrashTest {
    private static final int ROUNDS = 30;

    @TempDir
    Path folder;

    /** What a record may be found to hold after a kill: what was acknowledged last, or what was begun after it. */
    private static final class Expected {
        @Nullable
        Long acknowledged;

        boolean begun;

        @Nullable
        Long next;
    }

    private final Map<String, Expected> expected = new HashMap<>();
    private long number;

    @Test
    void losesNothingAcknowledgedWhenKilledAtAnyMoment() throws Exception {
        var random = new Random(99);
        int changes = 0;
        int interrupted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<String> lines = runAndKill(random.nextLong(), random.nextInt(8), random.nextInt(15));
            changes += lines.size() / 2;
            lines.forEach(this::follow);
            interrupted += lines.size() % 2;
            verify(round);
        }
        assertThat(changes).as("acknowledged changes over all rounds").isGreaterThan(60);
        assertThat(interrupted).as("rounds killed in the middle of a change").isGreaterThan(5);
    }

    /** Kills {@code afterMillis} after {@code afterChanges} acknowledgements; a change takes about as many milliseconds. */
    private List<String> runAndKill(long seed, int afterChanges, int afterMillis) throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashWriter.class.getName(),
                        folder.toString(),
                        Long.toString(seed),
                        Long.toString(number))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var out = new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
            assertThat(out.readLine()).isEqualTo("ready");
            var lines = new ArrayList<String>();
            while (lines.size() < 2 * afterChanges) {
                lines.add(requireNonNull(out.readLine()));
            }
            assertThat(writer.waitFor(afterMillis, TimeUnit.MILLISECONDS)).isFalse();
            writer.toHandle().destroyForcibly(); // SIGKILL; the process itself would close the pipe too
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
            assertThat(writer.waitFor()).as("killed, not ended").isNotZero();
            return lines;
        }
    }

    private void follow(String line) {
        String[] words = line.split(" ");
        long value = Long.parseLong(words[2]);
        boolean removes = words[1].startsWith("remove");
        Expected record = expected.computeIfAbsent(words[1].replace("remove", "member"), key -> new Expected());
        record.begun = words[0].equals("begin");
        record.next = removes ? null : value;
        if (!record.begun) {
            record.acknowledged = removes ? null : value;
        }
        number = value;
    }

    private void verify(int round) throws Exception {
        StoreContent content = new FileStore(folder).load();
        assertThat(content.faults()).as("round %s", round).isEmpty();
        var members = content.members().getOrDefault(CrashWriter.NETWORK, new TreeMap<>());
        check(round, "network", content.networks().get(CrashWriter.NETWORK), 0L);
        for (int i = 0; i < CrashWriter.MEMBERS; i++) {
            check(round, "member" + i, members.get(CrashWriter.member(i)), null);
        }
    }

    private void check(int round, String name, @Nullable ObjectNode found, @Nullable Long atFirst) {
        Expected record = expected.computeIfAbsent(name, key -> new Expected());
        if (record.acknowledged == null && atFirst != null) {
            record.acknowledged = atFirst;
        }
        Set<@Nullable Long> allowed = new HashSet<>();
        allowed.add(record.acknowledged);
        if (record.begun) {
            allowed.add(record.next);
        }
        Long value = found == null ? null : found.get("number").longValue();
        assertThat(allowed).as("round %s, %s", round, name).contains(value);
        record.acknowledged = value;
        record.begun = false;
    }
}
