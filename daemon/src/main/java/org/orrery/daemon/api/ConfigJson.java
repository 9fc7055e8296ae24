// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.nio.file.Path;
import org.orrery.daemon.home.EffectiveConfig;
import org.orrery.daemon.home.LocalConfig;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /orrery/config}: what holds of {@code local.conf}, and why. */
final class ConfigJson {
    private ConfigJson() {}

    static ObjectNode of(EffectiveConfig config, Path file) {
        ObjectNode json = Json.object();
        json.put("file", file.toString());
        json.put("fault", config.fault());
        ArrayNode settings = json.putArray("settings");
        for (EffectiveConfig.Entry entry : config.settings()) {
            ObjectNode setting = settings.addObject();
            setting.put("name", entry.name());
            setting.set("value", entry.value());
            setting.set("default", entry.usual());
            setting.put("source", entry.source().text());
            setting.put("applied", entry.atStart() ? "at start" : "at once");
            setting.put("restartNeeded", entry.inForce().isPresent());
            entry.inForce().ifPresent(old -> setting.set("inForce", old));
        }
        json.set("physical", config.physical());
        json.set("virtual", config.virtual());
        ArrayNode problems = json.putArray("problems");
        for (LocalConfig.Problem problem : config.problems()) {
            ObjectNode each = problems.addObject();
            each.put("at", problem.at());
            each.put("line", problem.line());
            each.put("column", problem.column());
            each.put("text", problem.text());
        }
        return json;
    }
}
