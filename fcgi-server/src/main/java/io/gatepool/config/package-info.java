/**
 * The configuration: TOML to records, every error with file, line and column.
 */
@NullMarked
package io.gatepool.config;

import org.jspecify.annotations.NullMarked;
