"""Clients that are slow on purpose: some trickle a request body, some read a large response at 1 KB/s."""

import socket
import threading
import time

PIECE = 100
TICK = 0.1  # so 1 KB/s
BODY = 1 << 20
RESPONSE = 5 << 20
PATTERN = bytes(range(251))


class Client:
    """One connection. Its trouble, if any, is a text."""

    def __init__(self, port, request, small_window=False):
        self.moved = 0
        self.trouble = ""
        self.connection = socket.socket()
        if small_window:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.connection.settimeout(10)
        self.connection.connect(("127.0.0.1", port))
        self.connection.sendall(request.encode())
        self.connection.setblocking(False)

    def close(self):
        self.connection.close()

    def piece(self, size):
        """What has come, at most so much; empty if there is nothing now."""
        try:
            received = self.connection.recv(size)
        except BlockingIOError:
            return b""
        except OSError as error:
            self.trouble = str(error)
            return b""
        if not received:
            self.trouble = "the server closed the connection"
        return received


class Trickler(Client):
    """Sends a body of 1 MiB, which takes it a quarter of an hour. It must not be answered before."""

    def __init__(self, port):
        super().__init__(port, f"POST /echo HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {BODY}\r\n\r\n")

    def step(self):
        answer = self.piece(200)
        if answer:
            self.trouble = f"answered before its body was there: {answer!r}"
        elif not self.trouble:
            try:
                self.moved += self.connection.send(b"x" * PIECE)
            except BlockingIOError:
                self.trouble = "nobody reads its body"
            except OSError as error:
                self.trouble = str(error)


class Reader(Client):
    """Reads 5 MiB, 100 bytes ten times a second, and looks at each of them."""

    def __init__(self, port):
        super().__init__(port, f"GET /size?n={RESPONSE} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n", small_window=True)
        self.head = b""

    def step(self):
        received = self.piece(PIECE)
        if b"\r\n\r\n" not in self.head:
            self.head += received
            head, _, received = self.head.partition(b"\r\n\r\n")
            if received and not head.startswith(b"HTTP/1.1 200"):
                self.trouble = f"refused: {head[:60]!r}"
        first = self.moved % len(PATTERN)
        if received != (PATTERN * 2)[first : first + len(received)]:
            self.trouble = f"wrong bytes after {self.moved}"
        self.moved += len(received)


class Crowd:
    """The slow clients of one run, in a thread of their own. Entered once each of them is under way."""

    def __init__(self, port, tricklers=8, readers=8):
        self.port = port
        self.kinds = [Trickler] * tricklers + [Reader] * readers
        self.clients = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.clients = [kind(self.port) for kind in self.kinds]
        self.thread.start()
        until = time.monotonic() + 15
        while any(client.moved == 0 and not client.trouble for client in self.clients) and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(1)  # so that what the applications write at once has gone where it waits for the readers
        return self

    def __exit__(self, *exception):
        self.over.set()
        self.thread.join()
        for client in self.clients:
            client.close()

    def run(self):
        while not self.over.wait(TICK):
            for client in self.clients:
                if not client.trouble:
                    client.step()

    def troubles(self):
        """What went wrong with them: a client that does nothing is not slow, it is absent."""
        for client in self.clients:
            kind = type(client).__name__.lower()
            if client.trouble:
                yield f"a {kind}: {client.trouble}"
            elif client.moved == 0:
                yield f"a {kind} got nowhere"
