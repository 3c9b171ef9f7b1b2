/** What the benchmarks share, and the program that runs them. Each benchmark lies in the package that it measures. */
@NullMarked
package io.gatepool.jmh;

import org.jspecify.annotations.NullMarked;
