package io.gatepool.control;

import io.gatepool.exchange.AppStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a load balancer should send requests here: the daemon serves, and every application can answer. A queue, even
 * a full one, is no obstacle: it empties.
 */
final class Readiness {

    private Readiness() {}

    /** What stands in the way, one line each; empty when nothing does. */
    static List<String> obstacles(AdminSources.Stage stage, List<AppStatus> apps) {
        List<String> obstacles = new ArrayList<>();
        if (stage != AdminSources.Stage.SERVING) {
            obstacles.add("gatepool is " + stage.text());
        }
        for (AppStatus app : apps) {
            if (!app.health().equals("ok")) {
                obstacles.add(app.name() + " is " + app.health()
                        + (app.trouble().text().isEmpty()
                                ? ""
                                : ": " + app.trouble().text().strip()));
            }
        }
        return obstacles;
    }
}
