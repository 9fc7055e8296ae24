// SPDX-License-Identifier: Apache-2.0
/** JSON as this system writes and reads it: keys in order, one line, and forgiving about scalar types. */
package org.orrery.daemon.json;
