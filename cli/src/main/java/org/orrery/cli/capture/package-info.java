// SPDX-License-Identifier: Apache-2.0
/** Files of recorded packets: reading both common formats, and finding the Ethernet frame in what was recorded. */
@org.jspecify.annotations.NullMarked
package org.orrery.cli.capture;
