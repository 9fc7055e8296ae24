// SPDX-License-Identifier: Apache-2.0
/**
 * The home folder: identity, token, planet, joined networks, known peers and {@code local.conf}, in the layout that
 * existing installations have. Every file is replaced whole (written beside, synced, renamed) and has its mode from the
 * first byte on; a file that cannot be read is named and set aside or stops the start, and is never written over.
 */
package org.orrery.daemon.home;
