// SPDX-License-Identifier: Apache-2.0
/** Name servers of joined networks in the resolver of a Linux host, and how they are taken out again. */
package org.orrery.daemon.dns;
