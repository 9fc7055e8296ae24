// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Numbers as people write them: decimal, whatever zeros are in front, or hex behind 0x. */
final class Numbers {
    private static final Pattern DECIMAL = Pattern.compile("0*[0-9]{1,10}");
    private static final Pattern HEX = Pattern.compile("0[xX]0*[0-9a-fA-F]{1,8}");
    private static final int HEX_PREFIX = 2;

    private Numbers() {}

    /**
     * Reads an unsigned number.
     *
     * @param most at most 32 bits
     * @return empty if {@code word} is none, or one over {@code most}
     */
    static OptionalLong parse(String word, long most) {
        long number;
        if (DECIMAL.matcher(word).matches()) {
            number = Long.parseLong(word);
        } else if (HEX.matcher(word).matches()) {
            number = Long.parseLong(word.substring(HEX_PREFIX), 16);
        } else {
            return OptionalLong.empty();
        }
        return number <= most ? OptionalLong.of(number) : OptionalLong.empty();
    }
}
