// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

/**
 * What a link is judged by. A link above one of the limits is avoided by balance-aware; the weights say what each measure
 * counts when links are compared. Nothing in the protocol tells loss and errors of a link, so these two are taken as
 * none: their limits are never passed, and their weights are the same for all links.
 *
 * @param latencyMaxMillis one way
 * @param jitterMaxMillis standard deviation of the latency
 * @param lossMax share of packets
 * @param errorMax share of packets
 */
public record LinkQuality(
        double latencyMaxMillis,
        double jitterMaxMillis,
        double lossMax,
        double errorMax,
        double latencyWeight,
        double jitterWeight,
        double lossWeight,
        double errorWeight) {
    /** What other implementations begin with. */
    public static final LinkQuality USUAL = new LinkQuality(500, 100, 0.001, 0.0001, 0.25, 0.25, 0.25, 0.25);

    /** Whether flows should rather use another link. */
    boolean avoids(double latencyMillis, double jitterMillis) {
        return latencyMillis > latencyMaxMillis || jitterMillis > jitterMaxMillis;
    }

    /** From 0 to 1, higher is better. */
    double score(double latencyMillis, double jitterMillis) {
        return latencyWeight * fading(latencyMillis, latencyMaxMillis)
                + jitterWeight * fading(jitterMillis, jitterMaxMillis)
                + lossWeight
                + errorWeight;
    }

    private static double fading(double measure, double maximum) {
        return maximum <= 0 ? 0 : Math.exp(-4 * measure / maximum);
    }
}
