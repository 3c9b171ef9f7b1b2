package io.gatepool.exchange;

import org.jspecify.annotations.Nullable;

/**
 * A first-in, first-out list of exchanges whose links lie in the exchanges themselves: removing one from the middle
 * (its client left) takes no search, waiting takes no allocation. An exchange is in one list at the most. Event loop
 * only.
 */
public final class ExchangeList {

    private @Nullable Exchange first;
    private @Nullable Exchange last;
    private int size;

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** The one that has waited longest, or null; it stays. */
    public @Nullable Exchange peek() {
        return first;
    }

    public void addLast(Exchange exchange) {
        mark(exchange);
        exchange.previous = last;
        exchange.next = null;
        if (last == null) {
            first = exchange;
        } else {
            last.next = exchange;
        }
        last = exchange;
    }

    /** For one that was taken and has to go again: it does not wait behind the others a second time. */
    public void addFirst(Exchange exchange) {
        mark(exchange);
        exchange.next = first;
        exchange.previous = null;
        if (first == null) {
            last = exchange;
        } else {
            first.previous = exchange;
        }
        first = exchange;
    }

    private void mark(Exchange exchange) {
        if (exchange.listed) {
            throw new IllegalStateException(exchange.id() + " is in a list already");
        }
        exchange.listed = true;
        size++;
    }

    /** Takes the first one out, or returns null. */
    public @Nullable Exchange poll() {
        Exchange exchange = first;
        if (exchange != null) {
            remove(exchange);
        }
        return exchange;
    }

    /** Takes {@code exchange} out; one that is not listed is left alone. */
    public void remove(Exchange exchange) {
        if (!exchange.listed) {
            return;
        }
        exchange.listed = false;
        size--;
        if (exchange.previous == null) {
            first = exchange.next;
        } else {
            exchange.previous.next = exchange.next;
        }
        if (exchange.next == null) {
            last = exchange.previous;
        } else {
            exchange.next.previous = exchange.previous;
        }
        exchange.previous = null;
        exchange.next = null;
    }
}
