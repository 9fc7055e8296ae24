// SPDX-License-Identifier: Apache-2.0
/** {@code orrery rules}: compiles, checks, formats, explains and sets the rules of networks. */
package org.orrery.cli.rules;
