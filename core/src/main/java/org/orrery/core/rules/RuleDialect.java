// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

/**
 * How a table is understood. The generations differ about inverted matches that do not apply to a frame, about tags that
 * are not known yet, and about two types. Nodes evaluate {@link #PROTOCOL_12}; the older one says what an older member
 * will make of the same table.
 */
public enum RuleDialect {
    /** Up to protocol 9: a match that does not apply is false and NOT makes it true. */
    PROTOCOL_9,
    /** From protocol 12: a match that does not apply is false, with NOT and without. */
    PROTOCOL_12
}
