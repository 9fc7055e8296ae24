// SPDX-License-Identifier: Apache-2.0
/** {@code orrery sim}: whole nodes on a virtual internet. Only the reports touch the simulator's jars. */
@org.jspecify.annotations.NullMarked
package org.orrery.cli.sim;
