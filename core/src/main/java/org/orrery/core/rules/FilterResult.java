// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

/** What evaluating one table gave. Reused: each evaluation overwrites it. One thread. */
public final class FilterResult {
    /** Instead of a rule's index: none of the table's actions was taken. */
    public static final int END = -1;

    Verdict verdict = Verdict.NO_MATCH;
    long destination;
    long copyTo;
    int copyLength;
    boolean copyWatched;
    int rule = END;
    int copyRule = END;

    public FilterResult() {}

    void reset(long destination) {
        this.verdict = Verdict.NO_MATCH;
        this.destination = destination;
        this.copyTo = 0;
        this.copyLength = 0;
        this.copyWatched = false;
        this.rule = END;
        this.copyRule = END;
    }

    public Verdict verdict() {
        return verdict;
    }

    /** Address bits of the member the frame should go to; changed only by {@link Verdict#REDIRECT}. */
    public long destination() {
        return destination;
    }

    /** Address bits of the member that gets a copy, 0 for none. It counts only if the frame is accepted in the end. */
    public long copyTo() {
        return copyTo;
    }

    /** Payload bytes of the copy. */
    public int copyLength() {
        return copyLength;
    }

    /** Whether the copy is a watched one, for which an acknowledgment is asked. */
    public boolean copyWatched() {
        return copyWatched;
    }

    /** Index of the action that ended the table, or {@link #END}. */
    public int rule() {
        return rule;
    }

    /** Index of the action that chose the copy; valid if there is one. */
    public int copyRule() {
        return copyRule;
    }
}
