"""What is read from ss and from answers, and the sum of bytes that has to be right."""

import io
import shutil
import socket
import time
import unittest

from measure import load, proc
from measure.load import Answer, Run, WrongAnswer

# ss -tinHO state established dst 127.0.0.1:8080, of iproute2 6.1; the second socket has sent a request and got nothing.
LISTING = """\
0      0       127.0.0.1:45678    127.0.0.1:8080  cubic wscale:7,7 rto:201 rtt:0.05/0.02 cwnd:10 bytes_sent:88 bytes_acked:88 bytes_received:160 segs_out:3
0      44      127.0.0.1:45680    127.0.0.1:8080  cubic wscale:7,7 rto:201 rtt:0.05/0.02 cwnd:10 bytes_sent:44 bytes_acked:44 segs_out:2 segs_in:1
0      0       127.0.0.1:45682    127.0.0.1:8080  cubic wscale:7,7 rto:201 rtt:0.05/0.02 cwnd:10 bytes_sent:44 bytes_acked:44 bytes_received:0 segs_out:2
0      0       127.0.0.1:45684    127.0.0.1:8080  cubic wscale:7,7 rto:201 rtt:0.05/0.02 bytes_received:9
"""


def run(requests, size, **errors):
    counts = dict.fromkeys(("connect", "read", "write", "status", "timeout"), 0) | errors
    return Run(1.0, requests, size, **counts, p50=1.0, p90=1.0, p99=1.0, max=1.0)


class Served(unittest.TestCase):
    def test_are_the_connections_that_have_received_something(self):
        self.assertEqual(load.count_served(LISTING), 2)
        self.assertEqual(load.count_served(""), 0)

    @unittest.skipUnless(shutil.which("ss", path="/usr/bin:/bin:/usr/sbin:/sbin"), "needs ss (iproute2)")
    def test_are_seen_by_ss(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
            accepted = [server.accept()[0] for _ in clients]
            accepted[0].sendall(b"answer")
            clients[0].recv(6)
            self.assertEqual(load.connections_served(port, 3), 1)
            self.assertEqual(load.closed_by_server(port), 0)
            for several in (accepted, clients):  # the server first
                for one in several:
                    one.close()
            until = time.monotonic() + 10
            while load.closed_by_server(port) < 3 and time.monotonic() < until:
                time.sleep(0.01)
            self.assertEqual(load.closed_by_server(port), 3)


class Opened(unittest.TestCase):
    def test_connections_are_counted(self):
        before = proc.opened_connections()
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()).close()
        self.assertGreater(proc.opened_connections(), before)


class Bytes(unittest.TestCase):
    answer = Answer(200, {}, b"", 100)

    def test_may_lack_what_was_under_way(self):
        load.check_bytes(run(1000, 100_000 - 1600), self.answer, 16, "x")

    def test_betray_answers_that_were_cut_short(self):
        with self.assertRaises(WrongAnswer):
            load.check_bytes(run(1000, 50_000), self.answer, 16, "x")


class Answers(unittest.TestCase):
    def test_size_is_all_that_was_on_the_wire(self):
        for body in (b"Content-Length: 6\r\n\r\nhello\n", b"Transfer-Encoding: chunked\r\n\r\n6\r\nhello\n\r\n0\r\n\r\n"):
            wire = b"HTTP/1.1 200 OK\r\n" + body
            answer = load.read_answer(io.BytesIO(wire))
            self.assertEqual((answer.body, answer.size), (b"hello\n", len(wire)))

    def test_pattern_has_the_length_asked_for(self):
        self.assertEqual([len(load.pattern(size)) for size in (0, 1, 102, 65536)], [0, 1, 102, 65536])
        self.assertEqual(load.pattern(20), b"0123456789abcde\n0123")


if __name__ == "__main__":
    unittest.main()
