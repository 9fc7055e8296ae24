// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Address;

final class BondSettingsTest {
    private static final Address ADA = new Address(0x3030303030L);
    private static final BondOptions NONE = BondOptions.standard(BondPolicy.NONE);
    private static final BondOptions SHARED = BondOptions.standard(BondPolicy.BALANCE_RR);

    @Test
    void whoNamesOnlyNoneHasNoBonds() {
        assertThat(BondSettings.NONE.inUse()).isFalse();
        assertThat(new BondSettings(Optional.of(NONE), Map.of()).inUse()).isFalse();
        assertThat(new BondSettings(Optional.of(NONE), Map.of(ADA, NONE)).inUse())
                .isFalse();
        assertThat(new BondSettings(Optional.of(SHARED), Map.of(ADA, NONE)).inUse())
                .isTrue();
        assertThat(new BondSettings(Optional.of(NONE), Map.of(ADA, SHARED)).inUse())
                .isTrue();
    }

    @Test
    void aPeerThatIsNamedIsBondedAsNamed() {
        var settings = new BondSettings(Optional.of(SHARED), Map.of(ADA, NONE));
        assertThat(settings.of(ADA.bits())).isNull();
        assertThat(settings.of(0x4040404040L)).isEqualTo(SHARED);
    }
}
