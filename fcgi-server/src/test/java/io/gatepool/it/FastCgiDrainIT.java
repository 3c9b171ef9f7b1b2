package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.it.RawFastCgi.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes over FastCGI when there is no room for it, or no time. */
class FastCgiDrainIT {

    private static Daemon serve(Path directory) throws Exception {
        return Daemon.serve(directory, """
                [app.work]
                kind = "fastcgi"
                command = ["%s/testapp.py"]
                listen = "fastcgi:127.0.0.1:0"
                workers.max = 1
                queue.size = 1
                queue.full = "overloaded"
                """.formatted(Daemon.TEST_APPS));
    }

    private static void get(RawFastCgi connection, int id, String path, String query) {
        Map<String, String> variables = RawFastCgi.get(path, query);
        connection.begin(id).params(id, variables).endStdin(id).send();
    }

    private static Path hold(RawFastCgi connection, Path directory) {
        Path held = directory.resolve("held");
        get(connection, 1, "/hold", "f=" + held);
        Poll.until("the worker is busy", () -> Files.exists(held));
        return held;
    }

    @Test
    void whatComesWhileGatepoolStopsGetsAPageAndTheOthersTheirAnswer(@TempDir Path directory) throws Exception {
        try (Daemon daemon = serve(directory);
                RawFastCgi connection = RawFastCgi.tcp(daemon.port("work", "fastcgi"))) {
            Path held = hold(connection, directory);
            get(connection, 2, "/pid", "");
            daemon.signal("TERM");
            // For a moment what is on its way still counts as in time; the queue is full.
            int[] id = {2};
            Poll.until("gatepool takes no more", () -> {
                get(connection, ++id[0], "/pid", "");
                Answer refused = connection.answer(id[0]);
                assertThat(refused.text()).startsWith("Status: 503").contains("Retry-After: 1");
                return refused.protocolStatus() == 0 && refused.text().contains("X-Gatepool-Cause: stopping");
            });
            Files.delete(held);
            assertThat(connection.answer(1).body()).isEqualTo("let go\n");
            assertThat(connection.answer(2).body()).startsWith("pid ");
            assertThat(connection.ends()).isTrue();
            assertThat(daemon.running().awaitExit()).isZero();
        }
    }

    @Test
    void overloadedIsSaidWithThePage(@TempDir Path directory) throws Exception {
        try (Daemon daemon = serve(directory);
                RawFastCgi connection = RawFastCgi.tcp(daemon.port("work", "fastcgi"))) {
            Path held = hold(connection, directory);
            get(connection, 2, "/pid", "");
            get(connection, 3, "/pid", "");
            Answer refused = connection.answer(3);
            assertThat(refused.text()).startsWith("Status: 503").contains("X-Gatepool-Cause: queue-full");
            assertThat(refused.protocolStatus()).isEqualTo(2);
            Files.delete(held);
            assertThat(connection.answer(1).protocolStatus()).isZero();
            assertThat(connection.answer(2).protocolStatus()).isZero();
        }
    }
}
