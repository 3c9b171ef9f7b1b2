/**
 * The command line.
 */
@NullMarked
package io.gatepool.cli;

import org.jspecify.annotations.NullMarked;
