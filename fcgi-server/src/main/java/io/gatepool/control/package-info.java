/**
 * What is going on: the index page, the admin pages, the access log.
 */
@NullMarked
package io.gatepool.control;

import org.jspecify.annotations.NullMarked;
