package io.gatepool.exchange;

import io.gatepool.cgi.Printable;
import io.gatepool.cgi.Secrets;

/**
 * What one request is doing at one moment, for people to look at.
 *
 * @param id such as {@code r7f3a412}
 * @param title {@code GET /index.php?user=me&token=********}: what sounds like a secret is masked
 * @param client its address, as the web server tells it; may be empty
 * @param place where it is
 * @param ageNanos since its arrival
 * @param heldNanos since it went to the process that works on it; 0 without one
 * @param waitedNanos how long it has waited for a worker in all
 * @param received bytes of its body so far
 * @param sent bytes of the body of the response so far
 */
public record RequestStatus(
        String id,
        String title,
        String client,
        Place place,
        long ageNanos,
        long heldNanos,
        long waitedNanos,
        long received,
        long sent) {

    private static final int CLIENT = 64;

    /** Of a request as it is now. */
    public static RequestStatus of(Exchange exchange) {
        long now = System.nanoTime();
        Place place = exchange.place();
        return new RequestStatus(
                exchange.id(),
                title(exchange),
                client(exchange),
                place,
                now - exchange.arrivedNanos(),
                place.pid() == 0 ? 0 : now - exchange.dispatchedNanos(),
                exchange.waitedNanos(now),
                exchange.body().received(),
                exchange.responseBytes());
    }

    /** The request in a few words, its secrets masked. */
    public static String title(Exchange exchange) {
        return Secrets.maskQuery(exchange.title());
    }

    /** The client's address; may be empty. */
    public static String client(Exchange exchange) {
        return Printable.of(exchange.environ().getOrEmpty("REMOTE_ADDR"), CLIENT);
    }
}
