package io.gatepool.exchange;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of an application that have arrived and are not over, in order of arrival, wherever they are. The links
 * lie in the exchanges themselves: keeping the list costs a request no allocation. Event loop only.
 */
public final class OpenExchanges {

    private @Nullable Exchange first;
    private @Nullable Exchange last;
    private int size;

    public int size() {
        return size;
    }

    /** Adds one that has never been here. */
    public void add(Exchange exchange) {
        exchange.openedBefore = last;
        if (last == null) {
            first = exchange;
        } else {
            last.openedAfter = exchange;
        }
        last = exchange;
        size++;
    }

    /** Takes out one that is here. */
    public void remove(Exchange exchange) {
        Exchange before = exchange.openedBefore;
        Exchange after = exchange.openedAfter;
        if (before == null) {
            first = after;
        } else {
            before.openedAfter = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.openedBefore = before;
        }
        exchange.openedBefore = null;
        exchange.openedAfter = null;
        size--;
    }

    /** The one with this id, such as {@code r7f3a412}, or null. Looks at all of them. */
    public @Nullable Exchange find(String id) {
        Exchange exchange = first;
        while (exchange != null && !exchange.id().equals(id)) {
            exchange = exchange.openedAfter;
        }
        return exchange;
    }

    /** Shows at most {@code most} of them, the oldest first. */
    public void forEach(int most, Consumer<Exchange> action) {
        Exchange exchange = first;
        for (int shown = 0; exchange != null && shown < most; shown++) {
            action.accept(exchange);
            exchange = exchange.openedAfter;
        }
    }
}
