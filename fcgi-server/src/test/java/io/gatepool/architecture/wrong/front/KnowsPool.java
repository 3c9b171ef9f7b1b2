package io.gatepool.architecture.wrong.front;

import io.gatepool.architecture.wrong.pool.KnowsFront;

/** Fronts and pools must not know each other. */
public record KnowsPool(KnowsFront pool) {}
