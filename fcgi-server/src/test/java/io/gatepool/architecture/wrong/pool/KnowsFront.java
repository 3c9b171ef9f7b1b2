package io.gatepool.architecture.wrong.pool;

import io.gatepool.architecture.wrong.front.KnowsPool;
import java.util.List;

/** Fronts and pools must not know each other; together the two are a cycle. */
public record KnowsFront(List<KnowsPool> fronts) {}
