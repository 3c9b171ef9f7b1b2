package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a daemon listens: sockets that are in the way, who may connect. */
class ListeningIT {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private Path socket() {
        return directory.resolve("app.sock");
    }

    private static String app(String listen, String more) {
        return """
                [app.cgi]
                kind = "cgi"
                root = "%s"
                listen = "%s"
                """.formatted(Daemon.REPOSITORY.resolve("examples/apps/cgi"), listen) + more + "\n";
    }

    private String app(String more) {
        return app("unix:" + socket(), more);
    }

    private static void assertAnswers(RawFastCgi connection) {
        assertThat(connection.request(1, true, "/hello.sh", "plain").body()).contains("count 1");
    }

    private void assertRefusesToStart(String toml, String why) throws Exception {
        try (Daemon daemon = Daemon.launch(directory, toml)) {
            assertThat(daemon.running().awaitExit()).isNotZero();
            assertThat(daemon.log()).containsPattern(why);
        }
    }

    @Test
    void aSocketThatNobodyAnswersOnIsReplaced() throws Exception {
        try (ServerSocketChannel leftover = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            leftover.bind(UnixDomainSocketAddress.of(socket()));
        }
        assertThat(socket()).exists();
        try (Daemon daemon = Daemon.serve(directory, app(""));
                RawFastCgi connection = RawFastCgi.unix(socket())) {
            assertAnswers(connection);
            assertThat(daemon.running().hasEnded()).isFalse();
        }
    }

    @Test
    void aSocketThatSomebodyAnswersOnIsLeftAlone() throws Exception {
        try (ServerSocketChannel living = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            living.bind(UnixDomainSocketAddress.of(socket()));
            assertRefusesToStart(app(""), "somebody is listening on " + socket() + " already");
            assertThat(socket()).exists();
        }
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws Exception {
        Files.writeString(socket(), "precious");
        assertRefusesToStart(app(""), socket() + " is there and is no socket");
        assertThat(socket()).hasContent("precious");
    }

    @Test
    void aSymbolicLinkIsLeftAlone() throws Exception {
        Path precious = Files.writeString(directory.resolve("precious"), "precious");
        Files.createSymbolicLink(socket(), precious);
        assertRefusesToStart(app(""), socket() + " is there and is no socket");
        assertThat(precious).hasContent("precious");
    }

    @Test
    void aPathThatIsTooLongForASocketIsAMistakeInTheConfiguration() throws Exception {
        String path = directory + "/" + "x".repeat(108);
        try (Daemon daemon = Daemon.launch(directory, app("unix:" + path, ""))) {
            assertThat(daemon.running().awaitExit()).isEqualTo(78);
            assertThat(daemon.log()).contains("107");
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (ServerSocketChannel taken = ServerSocketChannel.open()) {
            taken.bind(new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0));
            int port = taken.socket().getLocalPort();
            assertRefusesToStart(app("127.0.0.1:" + port, ""), "cannot listen on 127.0.0.1:" + port);
        }
    }

    @Test
    void theSocketGoesWithTheDaemon() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, app(""))) {
            assertThat(socket()).exists();
            daemon.stop();
            assertThat(socket()).doesNotExist();
        }
    }

    @ParameterizedTest
    @CsvSource({"'',rw-rw----", "listen_mode = \"0600\",rw-------", "listen_mode = \"0666\",rw-rw-rw-"})
    void theSocketHasItsMode(String setting, String mode) throws Exception {
        try (Daemon daemon = Daemon.serve(directory, app(setting))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                    .isEqualTo(mode);
            assertThat(daemon.running().hasEnded()).isFalse();
        }
    }

    @Test
    void theSocketHasItsOwnerAndGroup() throws Exception {
        Needs.root();
        try (Daemon daemon = Daemon.serve(directory, app("listen_owner = \"nobody\"\nlisten_group = \"www-data\""))) {
            PosixFileAttributes attributes = Files.readAttributes(socket(), PosixFileAttributes.class);
            assertThat(attributes.owner().getName()).isEqualTo("nobody");
            assertThat(attributes.group().getName()).isEqualTo("www-data");
            assertThat(daemon.running().hasEnded()).isFalse();
        }
    }

    @Test
    void whoIsNotAmongTheAllowedClientsIsTurnedAwayBeforeAByte() throws Exception {
        try (Daemon daemon =
                Daemon.serve(directory, app("127.0.0.1:0", "allowed_clients = [\"10.0.0.0/8\", \"127.0.0.2\"]"))) {
            try (RawFastCgi connection = RawFastCgi.tcp(daemon.port("cgi", "fastcgi"))) {
                assertThat(connection.ends()).isTrue();
            }
            daemon.running().await("connection from 127.0.0.1 refused: not among allowed_clients");
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1", "127.0.0.0/8", "0.0.0.0/0", "127.0.0.1/32"})
    void whoIsAmongTheAllowedClientsGetsIn(String network) throws Exception {
        try (Daemon daemon = Daemon.serve(
                        directory, app("127.0.0.1:0", "allowed_clients = [\"::1\", \"" + network + "\"]"));
                RawFastCgi connection = RawFastCgi.tcp(daemon.port("cgi", "fastcgi"))) {
            assertAnswers(connection);
        }
    }
}
