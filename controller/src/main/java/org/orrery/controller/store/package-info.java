// SPDX-License-Identifier: Apache-2.0
/** Where a controller keeps its networks and members: one interface, on files or in memory. */
package org.orrery.controller.store;
