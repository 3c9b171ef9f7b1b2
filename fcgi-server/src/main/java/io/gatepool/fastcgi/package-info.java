/**
 * The FastCGI 1.0 wire: records in and out, name-value pairs. No policy.
 */
@NullMarked
package io.gatepool.fastcgi;

import org.jspecify.annotations.NullMarked;
