package io.gatepool.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InheritedSocketTest {

    private interface Opening {
        Closeable open() throws Exception;
    }

    /** Which listening sockets come to be by it. */
    private static Map<Integer, InheritedSocket> madeBy(Opening opening) throws Exception {
        Set<Integer> before = new TreeSet<>(InheritedSocket.all().keySet());
        try (Closeable opened = opening.open()) {
            Map<Integer, InheritedSocket> after = InheritedSocket.all();
            after.keySet().removeAll(before);
            assertThat(opened).isNotNull();
            return after;
        }
    }

    private static ServerSocketChannel listening(Path path) throws Exception {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.bind(UnixDomainSocketAddress.of(path));
        return channel;
    }

    @Test
    void aListeningTcpSocketIsFoundWithItsAddress() throws Exception {
        int[] port = new int[1];
        Map<Integer, InheritedSocket> found = madeBy(() -> {
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET);
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port[0] = channel.socket().getLocalPort();
            return channel;
        });
        assertThat(found).hasSize(1);
        found.forEach((fd, socket) -> {
            assertThat(socket.unix()).isFalse();
            assertThat(socket.address()).isEqualTo("127.0.0.1:" + port[0]);
        });
    }

    @Test
    void aListeningUnixSocketIsFoundWithItsPath(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("ä.sock");
        Map<Integer, InheritedSocket> found = madeBy(() -> listening(path));
        assertThat(found).hasSize(1);
        found.forEach((fd, socket) -> {
            assertThat(socket.unix()).isTrue();
            assertThat(socket.address()).isEqualTo("unix:" + path);
        });
    }

    @Test
    void whatDoesNotListenForConnectionsIsNotAmongThem() throws Exception {
        assertThat(madeBy(() -> DatagramChannel.open(StandardProtocolFamily.INET)
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))))
                .isEmpty();
        assertThat(madeBy(() -> SocketChannel.open(StandardProtocolFamily.INET)
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))))
                .isEmpty();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(madeBy(() -> new Socket(server.getInetAddress(), server.getLocalPort())))
                    .isEmpty();
        }
    }

    @Test
    void aDescriptorThatIsNotOpenIsNone() {
        assertThatThrownBy(() -> InheritedSocket.at(4711)).hasMessage("descriptor 4711 is not open");
    }

    @Test
    void aFileIsNone() throws Exception {
        int file = Descriptors.openDevNull();
        try {
            assertThatThrownBy(() -> InheritedSocket.at(file))
                    .hasMessage("descriptor " + file + " is no socket but /dev/null");
        } finally {
            Descriptors.close(file);
        }
    }

    @Test
    void aDuplicateLivesOnAndTheOriginalStaysWhenItIsClosed(@TempDir Path directory) throws Exception {
        try (ServerSocketChannel channel = listening(directory.resolve("x.sock"))) {
            assertThat(channel.isOpen()).isTrue();
            InheritedSocket socket = InheritedSocket.all().values().stream()
                    .filter(one -> one.address().endsWith("/x.sock"))
                    .findFirst()
                    .orElseThrow();
            int copy = socket.duplicate();
            assertThat(InheritedSocket.at(copy).address()).isEqualTo(socket.address());
            assertThat(InheritedSocket.at(copy).identity()).isEqualTo(socket.identity());
            assertThat(Libc.Native.LIBC.fcntl(copy, Libc.F_GETFL, 0) & Libc.O_NONBLOCK)
                    .isNotZero();
            assertThat(Libc.Native.LIBC.fcntl(copy, Libc.F_GETFD, 0)).isEqualTo(Libc.FD_CLOEXEC);
            assertThat(Libc.Native.LIBC.fcntl(socket.fd(), Libc.F_GETFD, 0)).isEqualTo(Libc.FD_CLOEXEC);
            Descriptors.close(copy);
            assertThat(InheritedSocket.at(socket.fd())).isEqualTo(socket);
        }
    }

    @Test
    void whatNobodyElseHasIsClosedWhenItIsLeft(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("x.sock");
        int copy;
        try (ServerSocketChannel channel = listening(path)) {
            assertThat(channel.isOpen()).isTrue();
            copy = InheritedSocket.all().values().stream()
                    .filter(one -> one.address().equals("unix:" + path))
                    .findFirst()
                    .orElseThrow()
                    .duplicate();
        }
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
            InheritedSocket.at(copy).leave();
            assertThatThrownBy(() -> SocketChannel.open(UnixDomainSocketAddress.of(path)))
                    .hasMessageContaining("refused");
            assertThatThrownBy(() -> InheritedSocket.at(copy))
                    .hasMessage("descriptor " + copy + " is no socket but /dev/null");
        } finally {
            Descriptors.close(copy);
        }
    }

    @Test
    void aConnectionIsToldByWhereItCameIn(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("x.sock");
        Set<Integer> before = connections();
        try (ServerSocketChannel listening = listening(path);
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
                SocketChannel accepted = listening.accept()) {
            assertThat(client.isConnected() && accepted.isConnected()).isTrue();
            Set<Integer> after = connections();
            after.removeAll(before);
            // The client's end, which has no name, is none.
            assertThat(after).hasSize(1);
            for (int fd : after) {
                assertThat(InheritedSocket.connection(fd)).contains("unix:" + path);
            }
        }
    }

    /** All descriptors that are connections. */
    private static Set<Integer> connections() {
        Set<Integer> found = new TreeSet<>();
        for (int fd = 0; fd < 512; fd++) {
            if (InheritedSocket.connection(fd).isPresent()) {
                found.add(fd);
            }
        }
        return found;
    }

    @ParameterizedTest
    @CsvSource({
        "0200 1f90 7f000001, 127.0.0.1:8080",
        "0200 0050 00000000, 0.0.0.0:80",
        "0a00 0050 00000000 00000000000000000000000000000001 00000000, [::1]:80",
        "0a00 ffff 00000000 20010db8000000000000000000000001 00000000, [2001:db8::1]:65535",
        "0100 2f612f6200, unix:/a/b",
        "0100 2f61, unix:/a",
        "0100 00616263, unix:@abc",
        "0100, unix:",
    })
    void addressesAreReadAsTheKernelWritesThem(String hex, String text) {
        byte[] address = HexFormat.of().parseHex(hex.replace(" ", ""));
        byte[] room = new byte[128];
        System.arraycopy(address, 0, room, 0, address.length);
        assertThat(InheritedSocket.name(room, address.length)).isEqualTo(text);
    }
}
