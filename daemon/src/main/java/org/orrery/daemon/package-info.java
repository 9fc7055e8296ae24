// SPDX-License-Identifier: Apache-2.0
/** The service: lanes, home folder, local API. */
package org.orrery.daemon;
