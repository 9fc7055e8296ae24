// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.TagNames;

class RuleBookTest {
    private static final RuleBook BOOK = new RuleBook(
            new RuleTable(List.of()),
            Map.of(),
            Set.of(),
            Map.of(),
            new TagNames(Map.of(7, "role"), Map.of(7, Map.of(2L, "printer", 8L, "camera")), Map.of()),
            List.of());

    @ParameterizedTest
    @CsvSource({"role, 7", "7, 7", "010, 10", "0x10, 16", "4294967295, -1", "0xffffffff, -1"})
    void readsTags(String word, int id) throws FaultException {
        assertThat(BOOK.tag(word)).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"#ff", "-1", "+1", "ff", "4294967296", "0x100000000", "0x", ""})
    void refusesWhatIsNoNumberOf32Bits(String word) {
        assertThatThrownBy(() -> BOOK.tag(word))
                .isInstanceOf(FaultException.class)
                .hasMessage("'" + word + "' is no tag: neither a number of 32 bits nor a name; there are role");
    }

    @Test
    void joinsValuesGivenByNameAndNumber() throws FaultException {
        assertThat(BOOK.value(7, "printer,camera,010")).isEqualTo(2 | 8 | 10);
    }
}
