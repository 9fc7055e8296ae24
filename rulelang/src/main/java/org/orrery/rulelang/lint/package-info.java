// SPDX-License-Identifier: Apache-2.0
/** Warnings about rules that compile and do something else than they seem to. */
package org.orrery.rulelang.lint;
