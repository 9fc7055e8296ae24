// SPDX-License-Identifier: Apache-2.0
/** Tests of the whole: nodes end to end in network namespaces, and the arrows between modules and packages. */
@org.jspecify.annotations.NullMarked
package org.orrery.it;
