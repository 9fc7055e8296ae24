// SPDX-License-Identifier: Apache-2.0
/**
 * Traffic rules: one rule and its wire form, tables of rules, and the compiled tables that decide about frames without
 * allocating. Who holds which tag or address is handed in as plain snapshots; credentials are a package further up.
 */
package org.orrery.core.rules;
