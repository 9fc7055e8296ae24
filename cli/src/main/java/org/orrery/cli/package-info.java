// SPDX-License-Identifier: Apache-2.0
/** Command lines for a person and drop-ins for existing tools. */
package org.orrery.cli;
