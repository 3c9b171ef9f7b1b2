package io.gatepool.compare;

import java.nio.file.Path;

/**
 * What a load generator asks for.
 *
 * @param socket where HTTP is spoken
 * @param request head and body as they go out
 * @param head whether it is a HEAD request, whose answer has no body
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes for the wire; two targets are never compared.
public record Target(Path socket, byte[] request, boolean head) {}
