package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.ManagedApp;
import io.gatepool.exchange.RequestStatus;
import io.gatepool.exchange.Traffic;
import io.gatepool.exchange.Trouble;
import io.gatepool.exchange.WorkerEvents;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What needs the pool's own work: reload, restart, scale, reopening. The rest is tested with a real daemon. */
class CommandsTest {

    private final List<String> done = new ArrayList<>();
    private @Nullable String failure;
    private boolean renews = true;
    private String answer = "none";

    private final ManagedApp shop = new ManagedApp() {

        @Override
        public String name() {
            return "shop";
        }

        @Override
        public AppStatus status() {
            return new AppStatus(
                    "shop",
                    "fastcgi",
                    "/",
                    "ok",
                    Trouble.NONE,
                    1,
                    1,
                    0,
                    0,
                    512,
                    0,
                    "static",
                    "",
                    1,
                    "",
                    new Traffic(0),
                    new WorkerEvents(),
                    List.of());
        }

        @Override
        public List<RequestStatus> requests(int most) {
            return List.of();
        }

        @Override
        public int openRequests() {
            return 0;
        }

        @Override
        public @Nullable RequestStatus kill(String id) {
            return null;
        }

        @Override
        public void pause() {
            done.add("paused");
        }

        @Override
        public void resume() {
            done.add("resumed");
        }
    };

    private final Operations operations = new Operations() {

        @Override
        public Identity identity() {
            return new Identity("1.0", 1, 0, 2, Instant.EPOCH, false);
        }

        @Override
        public List<ManagedApp> apps() {
            return List.of(shop);
        }

        @Override
        public void stop(boolean now) {
            done.add("stop " + now);
        }

        @Override
        public Optional<Runnable> logReopening() {
            return renews ? Optional.of(() -> done.add("reopened")) : Optional.empty();
        }

        @Override
        public Optional<Renewal> renewal() {
            return renews ? Optional.of(renewal) : Optional.empty();
        }
    };

    private final Operations.Renewal renewal = new Operations.Renewal() {

        @Override
        public void reload(Optional<ManagedApp> app, boolean changed, Consumer<@Nullable String> whenDone) {
            done.add("reload " + app.map(ManagedApp::name).orElse("all") + (changed ? " changed" : ""));
            whenDone.accept(failure);
        }

        @Override
        public void restart(ManagedApp app, Consumer<@Nullable String> whenDone) {
            done.add("restart " + app.name());
            whenDone.accept(failure);
        }

        @Override
        public void scale(ManagedApp app, int workers, Consumer<@Nullable String> whenDone) {
            done.add("scale " + app.name() + " " + workers);
            whenDone.accept(failure);
        }
    };

    private void run(String request) throws Rejection {
        new Commands(operations, new FailureBook()).run(ControlRequest.parse(request), new Commands.Reply() {

            @Override
            public void ok(Supplier<Map<String, Object>> content) {
                answer = content.get().toString();
            }

            @Override
            public void okUntilTheEnd(Supplier<Map<String, Object>> content) {
                answer = "until the end: " + content.get();
            }

            @Override
            public void rejected(Rejection rejection) {
                answer = rejection.code() + ": " + rejection.getMessage();
            }
        });
    }

    @Test
    void theyAreHandedOn() throws Rejection {
        run("{\"command\":\"reload\"}");
        assertThat(answer).contains("generation=2");
        run("{\"command\":\"reload\",\"app\":\"shop\",\"changed\":true}");
        run("{\"command\":\"restart\",\"app\":\"shop\"}");
        run("{\"command\":\"scale\",\"app\":\"shop\",\"workers\":3}");
        run("{\"command\":\"reopen-logs\"}");
        assertThat(done)
                .containsExactly("reload all", "reload shop changed", "restart shop", "scale shop 3", "reopened");
    }

    @Test
    void whatFailsIsTold() throws Rejection {
        failure = "the new workers do not come up";
        run("{\"command\":\"reload\"}");
        assertThat(answer).isEqualTo("reload-failed: the new workers do not come up");
    }

    @Test
    void noLessThanNoWorkers() throws Rejection {
        run("{\"command\":\"scale\",\"app\":\"shop\",\"workers\":-5}");
        assertThat(answer).startsWith("bad-request: workers");
        assertThat(done).isEmpty();
    }

    @Test
    void anAppThatIsNotThereIsNotReloaded() throws Rejection {
        run("{\"command\":\"reload\",\"app\":\"shpo\"}");
        assertThat(answer).isEqualTo("unknown-app: there is no app 'shpo'");
        assertThat(done).isEmpty();
    }

    @Test
    void whatADaemonCannotDoItDoesNotPretendToDo() throws Rejection {
        renews = false;
        for (String request : List.of("\"reload\"", "\"restart\",\"app\":\"shop\"", "\"reopen-logs\"")) {
            run("{\"command\":" + request + "}");
            assertThat(answer).startsWith("unknown-command: ");
        }
    }

    @Test
    void theConnectionOfStopStaysUntilTheEnd() throws Rejection {
        run("{\"command\":\"stop\",\"now\":true}");
        assertThat(answer).startsWith("until the end: {");
        assertThat(done).containsExactly("stop true");
    }
}
