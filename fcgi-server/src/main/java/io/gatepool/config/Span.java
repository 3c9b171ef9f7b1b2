package io.gatepool.config;

/**
 * A stretch of one line.
 *
 * @param line counted from 1
 * @param column counted from 1, in code points, as tomlj counts
 * @param length in code points, at least 1
 */
record Span(int line, int column, int length) {}
