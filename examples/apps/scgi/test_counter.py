"""What counter.py promises. Run with: python3 -m unittest (in this directory)"""

import os
import socket
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


def netstring(**variables):
    data = b"".join(b"%s\0%s\0" % (name.encode(), value.encode()) for name, value in variables.items())
    return b"%d:%s," % (len(data), data)


def get(query="plain"):
    return netstring(CONTENT_LENGTH="0", SCGI="1", REQUEST_METHOD="GET", QUERY_STRING=query)


class CounterTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = os.path.join(directory.name, "socket")
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(self.path)
        listener.listen()
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "counter.py")], stdin=listener)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)

    def send(self, request):
        """All of the answer; the request is not ended by a half-close."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(20)  # a failing test ends; a passing one never waits for this
            sock.connect(self.path)
            sock.sendall(request)
            return b"".join(iter(lambda: sock.recv(65536), b"")).decode()

    def cut(self, request):
        """A peer that leaves in the middle."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(self.path)
            sock.sendall(request)

    def test_one_process_counts(self):
        self.assertIn("pid %d\nppid %d\ncount 1\n" % (self.process.pid, os.getpid()), self.send(get()))
        self.assertIn("count 2\n", self.send(get()))

    def test_the_answer_is_that_of_a_cgi_script(self):
        self.assertTrue(self.send(get("")).startswith("Content-Type: text/html; charset=utf-8\r\n\r\n<!DOCTYPE html>"))

    def test_a_body_is_read_to_its_end(self):
        head = netstring(CONTENT_LENGTH="100000", SCGI="1", REQUEST_METHOD="POST", QUERY_STRING="plain")
        self.assertIn("count 1\n", self.send(head + b"x" * 100000))

    def test_the_name_of_the_script_is_shown_as_text(self):
        head = netstring(CONTENT_LENGTH="0", SCGI="1", SCRIPT_NAME="/<b>")
        self.assertIn("<td>/&lt;b&gt;\n", self.send(head))

    def test_what_is_no_request_gets_no_answer_and_does_no_harm(self):
        for request in b"GET / HTTP/1.1\r\n\r\n", b":,", b"99999999:", b"3:abc;":
            try:
                answer = self.send(request)
            except ConnectionResetError:
                answer = ""  # it has not read all
            self.assertEqual("", answer)
        for request in b"", b"9", b"70:CONTENT", get()[:-1]:
            self.cut(request)
        self.assertIn("count 1\n", self.send(get()))

    def test_a_client_that_leaves_before_the_answer_does_no_harm(self):
        for _ in range(20):
            self.cut(get())
        self.assertIn("count 21\n", self.send(get()))


if __name__ == "__main__":
    unittest.main()
