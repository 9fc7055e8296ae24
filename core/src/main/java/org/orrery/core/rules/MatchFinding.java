// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

/**
 * What a match found in a frame, before NOT.
 *
 * @param seen what the frame has in that place, in words: "destination port is 443, not 22"
 */
record MatchFinding(Answer answer, String seen) {
    enum Answer {
        NO,
        YES,
        /** The frame has no such field. */
        NOT_APPLICABLE,
        /** A tag that this side does not know: the other side is to judge. */
        LEFT_TO_OTHER_SIDE,
        /** True even when inverted. */
        YES_DESPITE_NOT
    }

    static MatchFinding of(boolean holds, String seen) {
        return new MatchFinding(holds ? Answer.YES : Answer.NO, seen);
    }

    /** A field compared with what the rule wants. */
    static MatchFinding compared(boolean holds, String field, String value, String wanted) {
        return of(holds, field + " is " + value + (holds ? "" : ", not " + wanted));
    }

    static MatchFinding notApplicable(String seen) {
        return new MatchFinding(Answer.NOT_APPLICABLE, seen);
    }
}
