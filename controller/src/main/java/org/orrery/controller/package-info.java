// SPDX-License-Identifier: Apache-2.0
/** The network controller: requests and records in, signed configurations out. */
package org.orrery.controller;
