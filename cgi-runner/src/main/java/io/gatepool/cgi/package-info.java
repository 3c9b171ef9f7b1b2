/**
 * The CGI protocol (RFC 3875): environ, script resolution, response head, running a script.
 */
@NullMarked
package io.gatepool.cgi;

import org.jspecify.annotations.NullMarked;
