// SPDX-License-Identifier: Apache-2.0
/** What joined networks change on this host: which of it is let in, how a full tunnel is led, and what a person sees of it. */
package org.orrery.daemon.host;
