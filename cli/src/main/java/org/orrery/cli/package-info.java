// SPDX-License-Identifier: Apache-2.0
/** The main classes: {@code orrery} for a person, and the three drop-ins that behave as the tools scripts know. */
@org.jspecify.annotations.NullMarked
package org.orrery.cli;
