// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration of a network as one member gets it: its dictionary form for both protocol generations, the signed
 * chunks it travels in, what a member tells about itself when it asks, and networks that need no controller.
 */
package org.orrery.core.netconf;
