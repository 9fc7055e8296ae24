// SPDX-License-Identifier: Apache-2.0
/**
 * Plays scenarios of whole networks in a laboratory, with nodes of this build and of other implementations in all roles.
 */
package org.orrery.cli.interop;
