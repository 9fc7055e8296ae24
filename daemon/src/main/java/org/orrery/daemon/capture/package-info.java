// SPDX-License-Identifier: Apache-2.0
/** Frames that rules sent here to be looked at: kept for whoever watches, and written as a stream of packets. */
@org.jspecify.annotations.NullMarked
package org.orrery.daemon.capture;
