package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import io.gatepool.config.AppSettings;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.RequestBody;
import io.gatepool.exchange.Response;
import io.gatepool.exchange.ResponseSink;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.fastcgi.Role;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestSlotsTest {

    private final SpoolFiles files;
    private final AppSettings settings;
    private final PoolContext context;

    RequestSlotsTest(@TempDir Path directory) throws Exception {
        files = new SpoolFiles(directory);
        settings = Settings.of(directory, "kind = \"wsgi\"\nmodule = \"shop:app\"\n");
        context = new PoolContext(
                none(), none(), none(), none(), files, directory, "", directory, none(), Duration.ZERO, none());
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // Nobody asks for it here.
    private static <T> T none() {
        return null;
    }

    private RequestSlots slots(boolean inOrder) {
        return new RequestSlots(
                new Multiplexing(3, inOrder), id -> new RequestSlot(id, none(), none(), settings, context));
    }

    private RequestSlot taken(RequestSlots slots) {
        RequestSlot slot = slots.take();
        slot.answer()
                .expect(new Exchange(
                        1,
                        Role.RESPONDER,
                        false,
                        new Environ(),
                        new RequestBody(ImmediateEventExecutor.INSTANCE, files, 100),
                        new RequestBody(ImmediateEventExecutor.INSTANCE, files, 100),
                        new Response(ImmediateEventExecutor.INSTANCE, files, ResponseSink.NOWHERE, 0)));
        return slot;
    }

    @Test
    void whatIsBehindAnotherOneWaits() {
        RequestSlots slots = slots(true);
        taken(slots);
        assertThat(slots.hasWaiting()).isFalse();
        taken(slots);
        assertThat(slots.hasWaiting()).isTrue();
    }

    @Test
    void whatWasTakenBackDoesNotWaitThoughTheWorkerHasItStill() {
        RequestSlots slots = slots(true);
        taken(slots);
        RequestSlot second = taken(slots);
        RequestSlot third = taken(slots);
        second.answer().take();
        assertThat(slots.hasWaiting()).isTrue();
        third.answer().take();
        assertThat(slots.hasWaiting()).isFalse();
        assertThat(slots.size()).isEqualTo(3);
    }

    @Test
    void theOneThatRunsWaitsForNobodyAlsoWhenItsClientHasLeft() {
        RequestSlots slots = slots(true);
        RequestSlot first = taken(slots);
        taken(slots);
        first.answer().take();
        assertThat(slots.hasWaiting()).isTrue();
    }

    @Test
    void thoseThatAreServedSideBySideDoNotWait() {
        RequestSlots slots = slots(false);
        taken(slots);
        taken(slots);
        assertThat(slots.hasWaiting()).isFalse();
    }
}
