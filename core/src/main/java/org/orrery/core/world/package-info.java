// SPDX-License-Identifier: Apache-2.0
/** Worlds: the signed sets of roots, planet and moons, through which nodes find each other. */
package org.orrery.core.world;
