// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.api;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.Map;
import org.orrery.core.value.Hex;

/** Prints JSON byte for byte as the existing tools do, because scripts cut it apart by lines. */
final class JsonPrinter {
    private final StringBuilder out = new StringBuilder();
    private final int step;

    private JsonPrinter(int step) {
        this.step = step;
    }

    /** With {@code step} spaces for each level, or on one line if that is negative. */
    static String print(Json value, int step) {
        var printer = new JsonPrinter(step);
        printer.value(value, 0);
        return printer.out.toString();
    }

    private void value(Json value, int depth) {
        switch (value) {
            case Json.Obj(var members) -> object(members, depth);
            case Json.Arr(var items) -> {
                if (items.isEmpty()) {
                    out.append("[]");
                    return;
                }
                Iterator<Json> each = items.iterator();
                out.append('[');
                while (each.hasNext()) {
                    line(depth + 1);
                    value(each.next(), depth + 1);
                    if (each.hasNext()) {
                        out.append(',');
                    }
                }
                line(depth);
                out.append(']');
            }
            case Json.Text(var text) -> text(text);
            case Json.Int(var number) -> out.append(number);
            case Json.Real(var number) -> out.append(real(number));
            case Json.Bool(var flag) -> out.append(flag);
            case Json.Null() -> out.append("null");
        }
    }

    private void object(Map<String, Json> members, int depth) {
        if (members.isEmpty()) {
            out.append("{}");
            return;
        }
        Iterator<Map.Entry<String, Json>> each = members.entrySet().iterator();
        out.append('{');
        while (each.hasNext()) {
            var member = each.next();
            line(depth + 1);
            text(member.getKey());
            out.append(step < 0 ? ":" : ": ");
            value(member.getValue(), depth + 1);
            if (each.hasNext()) {
                out.append(',');
            }
        }
        line(depth);
        out.append('}');
    }

    private void line(int depth) {
        if (step >= 0) {
            out.append('\n').repeat(' ', depth * step);
        }
    }

    private void text(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append("\\u").append(Hex.of(c, 4));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /**
     * The shortest digits that give the same number: as they are up to fifteen places, {@code 1.0} if whole, else with
     * an exponent of at least two digits.
     */
    static String real(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return "null";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 15) {
            String plain = shortest.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = shortest.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        String power = Integer.toString(Math.abs(exponent));
        return (number < 0 ? "-" : "")
                + mantissa
                + (exponent < 0 ? "e-" : "e+")
                + (power.length() < 2 ? "0" : "")
                + power;
    }
}
