package io.gatepool.front;

import io.gatepool.config.HttpSettings;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Netty's request decoder with its forgiveness for request smuggling taken away: a request with both Content-Length and
 * Transfer-Encoding is bad (RFC 9112, 6.3), never half believed.
 */
final class HttpDecoder extends HttpRequestDecoder {

    private static final int MAX_CHUNK = 64 * 1024;

    HttpDecoder(HttpSettings settings) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(settings.requestLine())
                // The decoder counts all fields together; each is checked by itself later.
                .setMaxHeaderSize((int) Math.min((long) settings.headers() * settings.headerSize(), 1 << 20))
                .setMaxChunkSize(MAX_CHUNK)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true));
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
    }
}
