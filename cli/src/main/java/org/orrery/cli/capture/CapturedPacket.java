// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.capture;

/**
 * One recorded packet.
 *
 * @param number in its file, from 1
 * @param offset bytes from the start of the file to its record
 * @param timeNanos since 1970; 0 if the file does not say
 * @param linkType what the bytes begin with, by the registry of link types
 * @param bytes as recorded; not a copy
 * @param originalLength bytes on the wire, of which some may not have been recorded
 * @param comment of whoever recorded it; empty if none
 * @param lostBefore packets lost between this one and the one before, as far as the file says
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record CapturedPacket(
        long number,
        long offset,
        long timeNanos,
        int linkType,
        byte[] bytes,
        long originalLength,
        String comment,
        long lostBefore) {}
