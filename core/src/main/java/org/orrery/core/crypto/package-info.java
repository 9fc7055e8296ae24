// SPDX-License-Identifier: Apache-2.0
/**
 * Keys and ciphers: identities, signatures, key agreement and the protection of packets. Curves, AES and SHA-2 come from
 * the JDK; Salsa20 and Poly1305 are here.
 */
package org.orrery.core.crypto;
