// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.lab;

/**
 * What a program that has ended left behind.
 *
 * @param status its exit status
 * @param output what it printed, errors too
 */
public record ProgramResult(int status, String output) {}
