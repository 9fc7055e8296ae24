// SPDX-License-Identifier: Apache-2.0
/** Flows of the frames that rules send to a node. */
@org.jspecify.annotations.NullMarked
package org.orrery.cli.observe;
