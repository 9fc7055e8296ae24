// SPDX-License-Identifier: Apache-2.0
/** Bytes to fields and back: readers, writers, packet headers, fragments, compression, dictionaries. Nothing throws on input. */
package org.orrery.core.wire;
