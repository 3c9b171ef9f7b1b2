package io.gatepool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the commands make of strange daemons: the exit codes that scripts rely on. */
class ControlTest {

    private final Path socket;

    ControlTest(@TempDir Path directory) {
        socket = directory.resolve("control.sock");
    }

    /** Asks a daemon that answers so, and then closes. */
    private int exitAfter(String answer) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            CompletableFuture<Void> daemon = CompletableFuture.runAsync(() -> answer(server, answer));
            int exit = new CommandLine(new StatusCommand()).execute("--socket", socket.toString());
            daemon.get();
            return exit;
        }
    }

    private static void answer(ServerSocketChannel server, String answer) {
        try (SocketChannel client = server.accept()) {
            client.read(ByteBuffer.allocate(1024));
            client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anAnswer() throws Exception {
        assertThat(exitAfter("{\"protocol\":1,\"ok\":{\"apps\":[{\"state\":\"ok\"}]}}\n"))
                .isZero();
    }

    @Test
    void anAppThatFails() throws Exception {
        assertThat(exitAfter("{\"protocol\":1,\"ok\":{\"apps\":[{\"state\":\"failing\"}]}}\n"))
                .isEqualTo(1);
    }

    @Test
    void anError() throws Exception {
        assertThat(exitAfter("{\"protocol\":1,\"error\":{\"code\":\"unknown-app\",\"what\":\"it\"}}\n"))
                .isEqualTo(1);
    }

    @Test
    void aRefusal() throws Exception {
        assertThat(exitAfter("{\"protocol\":1,\"error\":{\"code\":\"not-allowed\",\"what\":\"it\"}}\n"))
                .isEqualTo(4);
    }

    @Test
    void anotherVersion() throws Exception {
        assertThat(exitAfter("{\"protocol\":2,\"ok\":{}}\n")).isEqualTo(4);
    }

    @Test
    void noJson() throws Exception {
        assertThat(exitAfter("220 mail.example.org ESMTP\n")).isEqualTo(4);
    }

    @Test
    void halfAnAnswer() throws Exception {
        assertThat(exitAfter("{\"protocol\":1,")).isEqualTo(4);
    }

    @Test
    void nobody() {
        assertThat(new CommandLine(new StatusCommand()).execute("--socket", socket.toString()))
                .isEqualTo(3);
    }
}
