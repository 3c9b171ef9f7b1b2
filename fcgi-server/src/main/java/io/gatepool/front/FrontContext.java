package io.gatepool.front;

import io.gatepool.exchange.RequestNumbers;
import io.gatepool.exchange.SpoolFiles;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.function.Predicate;

/**
 * What all fronts of a daemon share.
 *
 * @param loop the event loop that owns them
 * @param files where bodies and responses go that are too large for memory
 * @param numbers the request ids
 * @param trusted whose word is taken on where a request came from and what it is called
 */
public record FrontContext(
        EventLoop loop, SpoolFiles files, RequestNumbers numbers, Predicate<SocketAddress> trusted) {}
