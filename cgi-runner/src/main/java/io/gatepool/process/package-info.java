/**
 * Child processes: spawning with posix_spawn, the one reaper, listening sockets, pipes, signals.
 */
@NullMarked
package io.gatepool.process;

import org.jspecify.annotations.NullMarked;
