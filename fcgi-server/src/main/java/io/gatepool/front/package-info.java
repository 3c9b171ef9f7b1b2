/**
 * What web servers and browsers speak to: FastCGI and HTTP.
 */
@NullMarked
package io.gatepool.front;

import org.jspecify.annotations.NullMarked;
