package io.gatepool.front;

import io.gatepool.exchange.RequestNumbers;
import io.gatepool.exchange.SpoolFiles;
import io.netty.channel.EventLoop;

/**
 * What all fronts of a daemon share.
 *
 * @param loop the event loop that owns them
 * @param files where bodies and responses go that are too large for memory
 * @param numbers the request ids
 */
public record FrontContext(EventLoop loop, SpoolFiles files, RequestNumbers numbers) {}
