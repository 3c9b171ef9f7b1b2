/**
 * The FastCGI 1.0 wire: records in and out, name-value pairs. No policy.
 *
 * <p>It serves both directions: gatepool is a responder to web servers and a client to applications. Bytes become
 * events in {@link io.gatepool.fastcgi.RecordDecoder} (it answers malformed framing with a
 * {@link io.gatepool.fastcgi.ProtocolException} and judges nothing else) and calls become bytes in
 * {@link io.gatepool.fastcgi.RecordEncoder} and {@link io.gatepool.fastcgi.ParamsEncoder}. docs/wire.md is the page on
 * it; section numbers are those of the FastCGI 1.0 specification.
 */
@NullMarked
package io.gatepool.fastcgi;

import org.jspecify.annotations.NullMarked;
