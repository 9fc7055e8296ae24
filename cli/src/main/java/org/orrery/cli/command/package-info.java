// SPDX-License-Identifier: Apache-2.0
/** The commands of {@code orrery}. */
@org.jspecify.annotations.NullMarked
package org.orrery.cli.command;
