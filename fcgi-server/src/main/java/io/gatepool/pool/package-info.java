/**
 * Applications: the queue, the worker processes and the connections to them.
 */
@NullMarked
package io.gatepool.pool;

import org.jspecify.annotations.NullMarked;
