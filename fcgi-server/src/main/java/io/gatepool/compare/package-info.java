/**
 * What {@code gatepool compare} measures, and how it is told: a load generator, the costs of processes as /proc has
 * them, and reports. No class of this package is loaded by a daemon.
 */
@NullMarked
package io.gatepool.compare;

import org.jspecify.annotations.NullMarked;
