// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

/**
 * Numbers that follow each other, through a {@link NumberCipher} some at a time: four do not wait for each other's additions
 * and cost half as much. For a sender, who needs one after the other, and for a receiver, to whom they mostly come so. One
 * thread; allocates nothing.
 */
public final class NumberRun {
    private static final int LENGTH = NumberCipher.RUN;

    private final NumberCipher cipher;
    private final long[] ids = new long[LENGTH];
    private long first;
    private int at = LENGTH; // of the next one; LENGTH if nothing is known of it
    private long strayed; // the last number that was not the next one

    public NumberRun(NumberCipher cipher) {
        this.cipher = cipher;
    }

    /** The ID of {@code number}, which is one more than in the last call. */
    public long encryptNext(long number) {
        if (at == LENGTH) {
            begin(number);
        }
        return ids[at++];
    }

    /** The number of {@code id}; cheap if it is one more than in the last call. */
    public long decrypt(long id) {
        if (at < LENGTH && ids[at] == id) {
            long number = first + at++;
            if (at == LENGTH) {
                begin(number + 1);
            }
            return number;
        }
        long number = cipher.decrypt(id);
        if (number == strayed + 1) { // others are in order again
            begin(number + 1);
        }
        strayed = number;
        return number;
    }

    private void begin(long number) {
        cipher.encryptRun(number, ids);
        first = number;
        at = 0;
    }
}
