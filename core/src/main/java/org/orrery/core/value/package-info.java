// SPDX-License-Identifier: Apache-2.0
/** Values that flow everywhere: addresses, networks, MACs, endpoints, drop reasons. Immutable; any thread. */
package org.orrery.core.value;
