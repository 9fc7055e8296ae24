// SPDX-License-Identifier: Apache-2.0
/** What rules do with frames, told to people: descriptions of frames and members in, decisions with their reasons out. */
@org.jspecify.annotations.NullMarked
package org.orrery.cli.explain;
