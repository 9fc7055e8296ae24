// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;

/** Any bytes are a rule table or a fault; a table reads the same again and decides about any frame. */
final class RuleTableFuzzTest {
    private static final Address SELF = new Address(0x1122334455L);
    private static final FilterScope SCOPE =
            FilterScope.of(new NetworkId(0x8056_c2e2_1c00_0001L), SELF, FilterSide.UNKNOWN, 0, List.of());

    @FuzzTest(maxDuration = "10m")
    void anyBytes(byte[] bytes) {
        for (int maximum : new int[] {RuleTable.RULES_MAX, RuleTable.CAPABILITY_RULES_MAX}) {
            var in = new WireReader(bytes);
            RuleTable table = RuleTable.readAll(in, maximum);
            assertThat(table == null).isEqualTo(!in.intact());
            if (table == null) {
                assertThat(in.fault()).isEqualTo(DropReason.TRUNCATED);
                continue;
            }
            assertThat(table.size()).isLessThanOrEqualTo(maximum);
            assertThat(in.remaining() == 0 || table.size() == maximum).isTrue();
            byte[] written = RuleVectors.written(table);
            assertThat(RuleTable.readAll(new WireReader(written), maximum)).isEqualTo(table);
            assertThat(written)
                    .hasSize(table.rules().stream().mapToInt(Rule::writtenBytes).sum());
            assertThat(RuleText.PLAIN.statement(table.rules())).isNotEmpty();
            decides(table, bytes);
        }
    }

    /** The bytes of the table serve as frames as well, so that a search finds those that rules look into. */
    private static void decides(RuleTable table, byte[] bytes) {
        for (RuleDialect dialect : RuleDialect.values()) {
            CompiledRules compiled = CompiledRules.of(table, dialect);
            assertThat(compiled.table()).isEqualTo(table);
            for (int etherType : new int[] {FilterFrame.IPV4, FilterFrame.IPV6, FilterFrame.ARP, 0}) {
                for (boolean inbound : new boolean[] {false, true}) {
                    byte[] data = Arrays.copyOf(bytes, Math.min(bytes.length, 200));
                    long peer = 0x66778899aaL;
                    var frame = new FilterFrame()
                            .set(
                                    data,
                                    0,
                                    data.length,
                                    etherType,
                                    0,
                                    0x0200_0000_0001L,
                                    0x0200_0000_0002L,
                                    inbound ? peer : SELF.bits(),
                                    inbound ? SELF.bits() : peer,
                                    inbound);
                    var result = new FilterResult();
                    Verdict verdict =
                            compiled.evaluate(frame, SCOPE, FilterSide.UNKNOWN, new SplittableRandom(1), result);
                    assertThat(result.verdict()).isEqualTo(verdict);
                }
            }
        }
    }
}
