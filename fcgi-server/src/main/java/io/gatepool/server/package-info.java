/**
 * Assembly: from a configuration to a running daemon, and its end.
 */
@NullMarked
package io.gatepool.server;

import org.jspecify.annotations.NullMarked;
