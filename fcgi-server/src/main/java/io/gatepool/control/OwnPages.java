package io.gatepool.control;

import io.gatepool.cgi.ResponseHeadParser;
import io.gatepool.exchange.Application;
import io.gatepool.exchange.Exchange;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.Unpooled;

/**
 * An application that is gatepool itself, and answers at once: nothing of it runs, waits or is counted anywhere else.
 *
 * <p>Event loop only.
 */
abstract class OwnPages implements Application {

    @Override
    public final String mount() {
        return "/";
    }

    @Override
    public final long responseBuffer() {
        return 0;
    }

    @Override
    public final boolean saysOverloaded() {
        return false;
    }

    @Override
    public final boolean serves(Role role) {
        return role == Role.RESPONDER;
    }

    @Override
    public final void opened(Exchange exchange) {
        // Nobody keeps books of looks at the books.
    }

    /**
     * Answers the request.
     *
     * @param fields of the head but for the length, each with its line end
     */
    static void answer(Exchange exchange, String fields, byte[] body) {
        exchange.head(ResponseHeadParser.whole(fields + "Content-Length: " + body.length + "\r\n\r\n"));
        exchange.content(Unpooled.wrappedBuffer(body));
        exchange.complete(0);
    }
}
