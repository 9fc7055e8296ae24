// SPDX-License-Identifier: Apache-2.0
/** The client's side of the local API: home folder, token, requests, JSON. */
@org.jspecify.annotations.NullMarked
package org.orrery.cli.api;
