// SPDX-License-Identifier: Apache-2.0
/**
 * What packets say: one record per verb, per OK and for ERROR, between {@code org.orrery.core.wire} below and the peers
 * and networks above. Frames are the exception: their fields are read and written in place ({@link
 * org.orrery.core.verb.FrameFields}).
 *
 * <p>Codecs work on the payload behind the verb byte, already opened and decompressed. Bytes behind the last field that a
 * codec knows are ignored everywhere, because peers of other versions may append some.
 */
package org.orrery.core.verb;
