"""The yardstick apps/relay.c: bytes pass whole, in both directions, and who leaves holds no worker."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

from measure.servers import APPS

# Sends back what it is sent, behind a length of four bytes, in records of 5,000 bytes with padding. One connection at a
# time, as libfcgi; at a first byte of "s" it is slow to read the rest.
WORKER = """
import socket, struct, sys, time
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen(100)
while True:
    connection = listening.accept()[0]
    stream = connection.makefile("rb")
    try:
        while len(length := stream.read(4)) == 4:
            first = stream.read(1)
            if first == b"s":
                time.sleep(1)
            body = first + stream.read(struct.unpack(">I", length)[0] - 1)
            answer = b""
            for at in range(0, len(body), 5000):
                part = body[at : at + 5000]
                answer += struct.pack(">BBHHBx", 1, 6, 1, len(part), 3) + part + b"pad"
            connection.sendall(answer + struct.pack(">BBHHBx8x", 1, 3, 1, 8, 0))
    except OSError:
        pass
    stream.close()
    connection.close()
"""
WAIT = 60
LARGE = 1 << 20


@unittest.skipUnless(shutil.which("cc"), "needs cc (gcc)")
class Relay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        made = tempfile.TemporaryDirectory()
        cls.addClassCleanup(made.cleanup)
        cls.directory = Path(made.name)
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", cls.directory / "relay", APPS / "relay.c"], check=True)

    def setUp(self):
        self.path = str(self.directory / f"{id(self)}.sock")
        python = os.path.realpath(sys.executable)
        self.relay = subprocess.Popen([self.directory / "relay", self.path, "1", python, "-c", WORKER, f"{self.path}.workers"])
        self.addCleanup(self.stop)

    def stop(self):
        self.relay.kill()
        self.relay.wait()

    def client(self):
        client = socket.socket(socket.AF_UNIX)
        self.addCleanup(client.close)
        client.settimeout(WAIT)
        deadline = time.monotonic() + WAIT
        while True:
            try:
                client.connect(self.path)
                return client
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > deadline or self.relay.poll() is not None:
                    raise
                time.sleep(0.01)

    def ask(self, body, client=None):
        client = client or self.client()
        sender = threading.Thread(target=client.sendall, args=(len(body).to_bytes(4, "big") + body,))
        sender.start()
        answer, kind = b"", 0
        with client.makefile("rb") as stream:
            while kind != 3:
                header = stream.read(8)
                kind = header[1]
                content = stream.read(int.from_bytes(header[4:6], "big") + header[6])
                if kind == 6:
                    answer += content[: len(content) - header[6]]
        sender.join()
        return answer

    def test_kept_connection_is_answered_again_and_again(self):
        client = self.client()
        for size in (1, 4999, 5000, 5001, LARGE, 7):
            body = os.urandom(size - 1) + b"x"
            self.assertTrue(self.ask(b"x" + body, client) == b"x" + body, f"{size} bytes")

    def test_clients_wait_for_the_only_worker(self):
        bodies = [bytes([65 + number]) * LARGE for number in range(5)]
        answers = {}
        threads = [threading.Thread(target=lambda b=body: answers.update({b[:1]: self.ask(b) == b})) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(answers, {body[:1]: True for body in bodies})  # to show where megabytes differ takes minutes

    def test_client_that_leaves_in_its_body_holds_no_worker(self):
        leaver = self.client()
        leaver.sendall((4 * LARGE).to_bytes(4, "big") + b"s")
        leaver.setblocking(False)
        refused = 0
        while refused < 5:  # until the sockets on both sides of the relay are full, and the relay holds the rest
            try:
                leaver.send(bytes(LARGE))
                refused = 0
            except BlockingIOError:
                refused += 1
                time.sleep(0.01)
        leaver.close()
        self.assertEqual(self.ask(b"next"), b"next")

    def test_client_that_leaves_while_it_waits_is_passed_over(self):
        slow, leaver = self.client(), self.client()
        slow.sendall((5).to_bytes(4, "big") + b"slow")
        leaver.sendall((5).to_bytes(4, "big") + b"leave")
        leaver.close()
        slow.sendall(b"!")
        self.assertEqual(slow.recv(100)[8:13], b"slow!")
        self.assertEqual(self.ask(b"next"), b"next")


if __name__ == "__main__":
    unittest.main()
