package io.gatepool.pool;

import io.gatepool.exchange.Exchange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The request ids of a {@link WorkerConnection}: those that are free, and those in flight, in the order in which their
 * requests were sent. Iterates over the latter.
 *
 * <p>Owned by the event loop.
 */
final class RequestSlots implements Iterable<RequestSlot> {

    private final IntFunction<RequestSlot> factory;
    private final boolean inOrder;
    /** Made from the first on; the id of one is its number, or that and a multiple of their number. */
    private final @Nullable RequestSlot[] all;

    private int made;
    private final List<RequestSlot> free = new ArrayList<>();
    private final Deque<RequestSlot> inFlight = new ArrayDeque<>();
    /** As many requests as the connection has taken without refusing one. */
    private int most;

    /** @param factory makes the slot of an id, when it is needed: an application may say that it takes a thousand */
    RequestSlots(Multiplexing multiplexing, IntFunction<RequestSlot> factory) {
        this.factory = factory;
        this.inOrder = multiplexing.inOrder();
        this.all = new @Nullable RequestSlot[multiplexing.depth()];
        this.most = all.length;
    }

    /** How many requests there may be at a time, as long as the application refuses none. */
    int depth() {
        return all.length;
    }

    // ---- taken and given back ----

    /** One that is free, from now on in flight behind all others. */
    RequestSlot take() {
        RequestSlot slot = free.isEmpty() ? make() : free.remove(free.size() - 1);
        inFlight.addLast(slot);
        return slot;
    }

    private RequestSlot make() {
        RequestSlot slot = factory.apply(made + 1);
        all[made++] = slot;
        return slot;
    }

    /** No longer in flight, and not to be taken before it is {@link #freed}. */
    void landed(RequestSlot slot) {
        inFlight.remove(slot);
    }

    /** Has landed, and may be taken again. */
    void freed(RequestSlot slot) {
        free.add(slot);
    }

    /** On a new connection every id is unused. */
    void renewIds() {
        for (int index = 0; index < made; index++) {
            Objects.requireNonNull(all[index]).renewId();
        }
    }

    /** The application has refused this one: it takes no more than those that were there before. */
    void refused(RequestSlot refused) {
        int taken = 0;
        for (RequestSlot other : inFlight) {
            taken += other == refused || other.answer().hasEnded() ? 0 : 1;
        }
        most = Math.max(1, Math.min(most, taken));
    }

    // ---- in flight ----

    boolean isEmpty() {
        return inFlight.isEmpty();
    }

    int size() {
        return inFlight.size();
    }

    /** Whether a further request may be sent while there are some in flight. */
    boolean hasRoom() {
        return !inFlight.isEmpty() && inFlight.size() < most;
    }

    /** The one that was sent first: of those that are served in order the only one that the worker works on. */
    @Nullable
    RequestSlot first() {
        return inFlight.peekFirst();
    }

    @Override
    public Iterator<RequestSlot> iterator() {
        return inFlight.iterator();
    }

    /** Those that the worker may be working on. A copy. */
    List<RequestSlot> atWork() {
        return inOrder ? inFlight.stream().limit(1).toList() : List.copyOf(inFlight);
    }

    /** Those that wait at the worker for their turn, the last one first. A copy. */
    List<RequestSlot> waiting() {
        if (!inOrder) {
            return List.of();
        }
        List<RequestSlot> waiting = lastFirst();
        return waiting.subList(0, Math.max(0, waiting.size() - 1));
    }

    /** All, the last one first, as they go back to the head of the queue. A copy. */
    List<RequestSlot> lastFirst() {
        List<RequestSlot> slots = new ArrayList<>(inFlight.size());
        inFlight.descendingIterator().forEachRemaining(slots::add);
        return slots;
    }

    /** Whether requests wait at the worker behind another one, and somebody for their answers. */
    boolean hasWaiting() {
        if (!inOrder) {
            return false;
        }
        RequestSlot first = first();
        for (RequestSlot slot : inFlight) {
            if (slot != first && slot.answer().exchange() != null) {
                return true;
            }
        }
        return false;
    }

    /** Records of other ids are ignored (FastCGI 3.3), and those behind the end of a request that was aborted. */
    @Nullable
    RequestSlot withId(int id) {
        RequestSlot slot = id == 0 ? null : all[(id - 1) % all.length];
        return slot != null && slot.id() == id && !slot.isLeft() ? slot : null;
    }

    /** One whose answer has ended. */
    @Nullable
    RequestSlot ended() {
        for (RequestSlot slot : inFlight) {
            if (slot.answer().hasEnded()) {
                return slot;
            }
        }
        return null;
    }

    /** Whether somebody waits for an answer. */
    boolean isServing() {
        for (RequestSlot slot : inFlight) {
            if (slot.answer().exchange() != null) {
                return true;
            }
        }
        return false;
    }

    /** The requests that somebody waits for. */
    List<Exchange> requests() {
        return inFlight.stream()
                .map(slot -> slot.answer().exchange())
                .filter(Objects::nonNull)
                .toList();
    }

    /** Whether a response takes no more just now. What is read for others would bring more of it. */
    boolean isHeldUp() {
        for (RequestSlot slot : inFlight) {
            Exchange current = slot.answer().exchange();
            if (current != null && current.isSaturated()) {
                return true;
            }
        }
        return false;
    }
}
