package io.gatepool.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The hooks of an app.
 *
 * @param commands program and arguments of those that there are
 * @param timeout how long one may run
 * @param required those whose success is needed; only {@link Hook#BEFORE_START} can be
 */
public record HookSettings(Map<Hook, List<String>> commands, Duration timeout, Set<Hook> required) {

    HookSettings none() {
        return new HookSettings(Map.of(), timeout, Set.of());
    }
}
