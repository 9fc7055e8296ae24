// SPDX-License-Identifier: Apache-2.0
/**
 * A laboratory on one Linux machine: network namespaces on a bridge as hosts, and real nodes that run in them as
 * processes of their own. The demonstration and the end-to-end tests are made of it.
 */
package org.orrery.cli.lab;
