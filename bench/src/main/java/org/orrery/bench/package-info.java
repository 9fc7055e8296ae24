// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of the parts that every packet passes, and what runs them. Each of their methods is one benchmark. */
package org.orrery.bench;
