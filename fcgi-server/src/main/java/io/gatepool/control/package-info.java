/**
 * What is going on: the index page.
 */
@NullMarked
package io.gatepool.control;

import org.jspecify.annotations.NullMarked;
