// SPDX-License-Identifier: Apache-2.0
/**
 * Measures pairs of nodes in laboratories: Orrery against other programs, run by run in turn, with the results as a
 * table, JSON and a chart.
 */
package org.orrery.cli.bench;
