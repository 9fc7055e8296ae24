// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.nio;

import java.nio.channels.SelectableChannel;
import org.orrery.net.PollSource;

/** A poll source that has a channel. */
interface NioSource extends PollSource {
    SelectableChannel channel();
}
