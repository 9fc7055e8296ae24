// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.Optional;
import org.orrery.core.world.World;

/**
 * What is known of a moon.
 *
 * @param moon its definition, once there is one
 * @param waiting whether it is waited for
 */
public record MoonView(Optional<World> moon, boolean waiting) {}
