// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

/** A request body that no version of the API takes; its text names the field and the fault. */
final class BadFieldException extends Exception {
    private static final long serialVersionUID = 1;

    private final String text;

    BadFieldException(String field, String fault) {
        super(field + ": " + fault);
        this.text = field + ": " + fault;
    }

    String text() {
        return text;
    }
}
