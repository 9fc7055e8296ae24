// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.util.List;
import java.util.Locale;

/**
 * Draws results as an SVG: a group of bars for each figure, the longest of each group as long as there is room, with
 * the median at its end and a line from the least to the most. Colours follow the reader's light or dark setting.
 */
public final class BarChart {
    private static final int WIDTH = 860;
    private static final int LEFT = 250;
    private static final int BAR = 15;
    private static final int BAR_STEP = 18;
    private static final int GROUP_GAP = 14;
    private static final int LONGEST = 440;
    private static final int TOP = 46;
    private static final int LEGEND_STEP = 20;
    private static final int COLOURS = 6;

    private static final String STYLE = """
            text { font: 12px system-ui, sans-serif; fill: #24292f; }
            .title { font-weight: 600; font-size: 15px; }
            .small { font-size: 11px; fill: #57606a; }
            .range { stroke: #24292f; stroke-width: 1.5; }
            .k0 { fill: #1f6feb; } .k1 { fill: #b0743a; } .k2 { fill: #6e7781; }
            .k3 { fill: #2f8f5b; } .k4 { fill: #8250df; } .k5 { fill: #bf3989; }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3; }
              .small { fill: #9da7b1; }
              .range { stroke: #e6edf3; }
              .k0 { fill: #58a6ff; } .k1 { fill: #d29a5c; } .k2 { fill: #8b949e; }
              .k3 { fill: #56c288; } .k4 { fill: #b48cf2; } .k5 { fill: #e577b7; }
            }
            """;

    private final StringBuilder body = new StringBuilder();
    private int y;

    private BarChart() {}

    /** The whole file. */
    public static String svg(Results results, Circumstances circumstances) {
        var chart = new BarChart();
        chart.draw(results, circumstances);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
                        .formatted(WIDTH, chart.y, WIDTH, chart.y)
                + "<style>\n" + STYLE + "</style>\n" + chart.body + "</svg>\n";
    }

    private void draw(Results results, Circumstances circumstances) {
        text(10, 24, "title", "start", "Two nodes and the programs that measure, on one machine");
        y = TOP;
        List<String> kinds = results.kinds();
        for (int i = 0; i < kinds.size(); i++) {
            bar(10, y, BAR, i);
            text(32, y + 12, "", "start", kinds.get(i));
            y += LEGEND_STEP;
        }
        y += GROUP_GAP;
        for (Figure figure : results.figures()) {
            group(results, figure);
        }
        text(10, y + 8, "small", "start", circumstances.machine());
        text(10, y + 24, "small", "start", circumstances.date() + ", " + circumstances.commandLine());
        y += 36;
    }

    private void group(Results results, Figure figure) {
        List<String> kinds = results.kinds();
        double most = kinds.stream()
                .map(kind -> results.series(figure, kind))
                .filter(series -> !series.isEmpty())
                .mapToDouble(Series::most)
                .max()
                .orElse(0);
        if (most <= 0) {
            return; // Nothing was measured, or nothing lost: no bars.
        }
        text(LEFT - 10, y + 12, "", "end", figure.title());
        text(
                LEFT - 10,
                y + 26,
                "small",
                "end",
                figure.unit() + ", " + (figure.moreIsBetter() ? "more" : "less") + " is better");
        int begin = y;
        for (int i = 0; i < kinds.size(); i++) {
            Series series = results.series(figure, kinds.get(i));
            if (series.isEmpty()) {
                continue;
            }
            double scale = LONGEST / most;
            bar(LEFT, y, series.median() * scale, i);
            range(series.least() * scale, series.most() * scale);
            text(LEFT + (int) (series.most() * scale) + 8, y + 12, "", "start", Figure.shown(series.median()));
            y += BAR_STEP;
        }
        y = Math.max(y, begin + 2 * BAR_STEP) + GROUP_GAP;
    }

    private void range(double from, double to) {
        int middle = y + BAR / 2;
        body.append(String.format(
                Locale.ROOT,
                "<line class=\"range\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n",
                LEFT + from,
                LEFT + to,
                middle,
                middle));
    }

    private void bar(int x, int top, double width, int kind) {
        body.append(String.format(
                Locale.ROOT,
                "<rect class=\"k%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n",
                kind % COLOURS,
                x,
                top,
                width,
                BAR));
    }

    private void text(int x, int baseline, String style, String anchor, String text) {
        body.append(String.format(
                Locale.ROOT,
                "<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n",
                style,
                x,
                baseline,
                anchor,
                escape(text)));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
