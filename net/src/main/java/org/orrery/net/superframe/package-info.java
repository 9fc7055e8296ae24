// SPDX-License-Identifier: Apache-2.0
/**
 * Super-frames: what a virtual device with offloads gives and takes instead of many frames of one flow. Cutting them,
 * joining frames into them, and their checksums; nothing here calls the system.
 */
package org.orrery.net.superframe;
