// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LongTableTest {
    @Test
    void behavesLikeAMapThroughAnyPutsAndRemovals() {
        for (int seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            var table = new LongTable<String>(300);
            Map<Long, String> map = new HashMap<>();
            for (int step = 0; step < 3_000; step++) {
                // Keys that differ only in high or only in low bits, zero and negative ones among them.
                long key = random.nextBoolean() ? random.nextInt(400) : (long) random.nextInt(400) << 54;
                if (random.nextInt(3) == 0) {
                    table.remove(key);
                    map.remove(key);
                } else {
                    String value = "v" + step;
                    boolean fits = map.containsKey(key) || map.size() < 300;
                    assertThat(table.put(key, value)).isEqualTo(fits);
                    if (fits) {
                        map.put(key, value);
                    }
                }
                assertThat(table.find(key)).isEqualTo(map.get(key));
                assertThat(table.size()).isEqualTo(map.size());
            }
            map.forEach((key, value) -> assertThat(table.find(key)).isEqualTo(value));
            Set<String> visited = new HashSet<>();
            table.forEach(visited::add);
            assertThat(visited).isEqualTo(new HashSet<>(map.values()));
        }
    }

    @Test
    void staysSmallHoweverManyKeysComeAndGo() {
        var table = new LongTable<Long>(64);
        for (long key = 0; key < 200_000; key++) {
            assertThat(table.put(key, key)).isTrue();
            table.remove(key - 32);
        }
        assertThat(table.size()).isEqualTo(32);
        for (long key = 200_000 - 32; key < 200_000; key++) {
            assertThat(table.find(key)).isEqualTo(key);
        }
    }

    @Test
    void visitorsMayRemoveWhatTheySee() {
        var table = new LongTable<Long>(1_000);
        for (long key = 0; key < 1_000; key++) {
            table.put(key, key);
        }
        table.forEach(key -> {
            if (key % 3 == 0) {
                table.remove(key);
            }
        });
        assertThat(table.size()).isEqualTo(666);
        assertThat(table.find(999)).isNull();
        assertThat(table.find(998)).isEqualTo(998);
    }

    @Test
    void readersAlwaysFindWhatIsNeverRemoved() throws InterruptedException {
        var table = new LongTable<Long>(10_000);
        for (long key = 0; key < 100; key++) {
            table.put(key * 7_919, key);
        }
        var done = new AtomicBoolean();
        var missed = new AtomicLong();
        var reader = new Thread(() -> {
            while (!done.get()) {
                for (long key = 0; key < 100; key++) {
                    Long found = table.find(key * 7_919);
                    if (found == null || found != key) {
                        missed.incrementAndGet();
                    }
                }
            }
        });
        reader.start();
        for (int round = 0; round < 40; round++) {
            for (long key = 1; key < 5_000; key++) {
                table.put(-key, key);
            }
            for (long key = 1; key < 5_000; key++) {
                table.remove(-key);
            }
        }
        done.set(true);
        reader.join();
        assertThat(missed).hasValue(0);
    }
}
