// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

/**
 * What a network's multicast limit costs: multicasts of this node that could not go to all who want them.
 *
 * @param limit most recipients of one multicast
 * @param multicasts how many were cut
 * @param recipients how many members did not get one of them, all multicasts together
 * @param largestGroup most members, this node not counted, of a group that was cut; 0 if none was
 * @param lastMillis when the last one was cut; 0 for never
 */
public record MulticastCut(int limit, long multicasts, long recipients, int largestGroup, long lastMillis) {
    public static final MulticastCut NONE = new MulticastCut(0, 0, 0, 0, 0);
}
