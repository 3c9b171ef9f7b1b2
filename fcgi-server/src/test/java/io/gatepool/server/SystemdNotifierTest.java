package io.gatepool.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What systemd hears, on a socket as systemd has one. */
class SystemdNotifierTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Path path;
    private final Socket systemd;

    SystemdNotifierTest(@TempDir Path directory) throws IOException {
        Epoll.ensureAvailability();
        path = directory.resolve("notify");
        systemd = Socket.newSocketDomainDgram();
        systemd.bind(new DomainSocketAddress(path.toFile()));
    }

    @AfterEach
    void close() throws IOException {
        systemd.close();
    }

    private SystemdNotifier notifier(String... variables) {
        Map<String, String> environment = new HashMap<>(Map.of("NOTIFY_SOCKET", path.toString()));
        for (int at = 0; at < variables.length; at += 2) {
            environment.put(variables[at], variables[at + 1]);
        }
        return SystemdNotifier.of(environment);
    }

    /** Everything that lies in the socket; sending is done when the call has returned. */
    private List<String> heard() throws IOException {
        List<String> messages = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
        for (int got = systemd.recv(buffer, 0, 4096); got > 0; got = systemd.recv(buffer, 0, 4096)) {
            byte[] bytes = new byte[got];
            buffer.get(0, bytes);
            messages.add(new String(bytes, StandardCharsets.UTF_8));
        }
        return messages;
    }

    @Test
    void theStatesOfADaemon() throws IOException {
        SystemdNotifier notifier = notifier();
        notifier.ready("2 apps, 3 workers");
        notifier.status("shop\nREADY=1");
        notifier.stopping();
        assertThat(heard())
                .containsExactly(
                        "READY=1\nMAINPID=" + ProcessHandle.current().pid() + "\nSTATUS=2 apps, 3 workers",
                        "STATUS=shop READY=1",
                        "STOPPING=1\nSTATUS=stopping");
    }

    @Test
    void aReloadIsToldWithItsTime() throws IOException {
        SystemdNotifier notifier = notifier();
        long before = System.nanoTime() / 1000;
        notifier.reloading();
        assertThat(heard()).singleElement().satisfies(message -> {
            assertThat(message).startsWith("RELOADING=1\nMONOTONIC_USEC=");
            long told = Long.parseLong(message.replaceAll("(?s).*USEC=(\\d+)\n.*", "$1"));
            assertThat(told).isBetween(before, System.nanoTime() / 1000);
        });
    }

    @Test
    void aSignOfLifeGoesOutAtHalfOfTheTime() throws IOException {
        SystemdNotifier notifier = notifier("WATCHDOG_USEC", "10000000");
        long start = System.nanoTime();
        notifier.tick(start);
        assertThat(heard()).as("at once").containsExactly("WATCHDOG=1");
        notifier.tick(start + 5 * SECOND - 1);
        assertThat(heard()).isEmpty();
        notifier.tick(start + 5 * SECOND);
        notifier.tick(start + 6 * SECOND);
        assertThat(heard()).containsExactly("WATCHDOG=1");
        notifier.tick(start + 10 * SECOND);
        assertThat(heard()).containsExactly("WATCHDOG=1");
    }

    @Test
    void aSignOfLifeIsForWhoeverIsWatched() throws IOException {
        String own = Long.toString(ProcessHandle.current().pid());
        SystemdNotifier watched = notifier("WATCHDOG_USEC", "1000", "WATCHDOG_PID", own);
        watched.tick(System.nanoTime() + SECOND);
        assertThat(heard()).containsExactly("WATCHDOG=1");
        for (SystemdNotifier unwatched : List.of(
                notifier("WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1"),
                notifier("WATCHDOG_USEC", "soon"),
                notifier("WATCHDOG_USEC", "-5"),
                notifier())) {
            unwatched.tick(System.nanoTime() + 1000 * SECOND);
            assertThat(heard()).isEmpty();
        }
    }

    @Test
    void whatDoesNotFitIsSentWhenThereIsRoomAndNobodyWaits() throws IOException {
        SystemdNotifier notifier = notifier();
        SystemdNotifier other = notifier();
        // So many are more than the kernel keeps (net.unix.max_dgram_qlen).
        for (int message = 0; message < 5000; message++) {
            other.status("noise");
        }
        notifier.ready("at last");
        notifier.stopping();
        assertThat(heard()).containsOnly("STATUS=noise");
        notifier.tick(System.nanoTime());
        assertThat(heard())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("READY=1\n")
                .endsWith("STATUS=at last");
    }

    @Test
    void withoutSystemdNothingIsSaid() throws IOException {
        for (String name : List.of("", "relative", "vsock:2:9999", "/" + "x".repeat(200), path + "-of-nobody")) {
            SystemdNotifier notifier = SystemdNotifier.of(Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "1000"));
            notifier.ready("nobody hears it");
            notifier.tick(System.nanoTime() + SECOND);
            notifier.stopping();
        }
        assertThat(heard()).isEmpty();
    }
}
