/**
 * One request in flight: its body, its response, the backends that answer it and the ways it can fail.
 */
@NullMarked
package io.gatepool.exchange;

import org.jspecify.annotations.NullMarked;
