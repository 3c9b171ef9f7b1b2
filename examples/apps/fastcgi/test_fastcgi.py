"""What fastcgi.py promises. Run with: python3 -m unittest (in this directory)"""

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

import fastcgi
from fastcgi import (ABORT_REQUEST, BEGIN_REQUEST, DATA, END_REQUEST, GET_VALUES,
                     GET_VALUES_RESULT, PARAMS, STDERR, STDIN, STDOUT, UNKNOWN_TYPE)

HERE = os.path.dirname(os.path.abspath(__file__))
COMPLETE, CANT_MPX, UNKNOWN_ROLE = 0, 1, 3


def record(kind, request_id=1, content=b"", padding=0):
    header = struct.pack(">BBHHBB", 1, kind, request_id, len(content), padding, 0xAA)
    return header + content + b"\xAA" * padding


def begin(request_id=1, role=1, keep=True):
    return record(BEGIN_REQUEST, request_id, struct.pack(">HB5x", role, int(keep)))


def get(request_id=1, keep=True, params=b""):
    """A whole request without a body."""
    parameters = record(PARAMS, request_id, params) if params else b""
    return (begin(request_id, keep=keep) + parameters + record(PARAMS, request_id)
            + record(STDIN, request_id))


def hello(request):
    request.write(b"Content-Type: text/plain\r\n\r\nhello")


def echo(request):
    request.write(b"\r\n")
    for piece in iter(request.read, b""):
        request.write(piece)


def environ(request):
    for name, value in request.environ.items():
        request.write(("%s=%s\n" % (name, value)).encode("latin-1"))


class Peer:
    """The web server's end of a connection."""

    def __init__(self, sock):
        self.sock = sock
        sock.settimeout(20)  # a failing test ends; a passing one never waits for this

    def send(self, *records):
        self.sock.sendall(b"".join(records))

    def take(self, size):
        data = b""
        while len(data) < size:
            piece = self.sock.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def receive(self):
        version, kind, request_id, length, padding, _ = struct.unpack(">BBHHBB", self.take(8))
        assert version == 1
        return kind, request_id, self.take(length + padding)[:length]

    def answer(self, request_id=1):
        """(STDOUT, STDERR, protocol status, application status) of one request."""
        streams, ended = {STDOUT: b"", STDERR: b""}, set()
        while True:
            kind, number, content = self.receive()
            assert number == request_id, "a record of request %d" % number
            if kind == END_REQUEST:
                app_status, status = struct.unpack(">IB3x", content)
                return streams[STDOUT], streams[STDERR], status, app_status
            assert kind not in ended, "content after the end of its stream"
            streams[kind] += content
            if not content:
                ended.add(kind)

    def closed(self):
        return self.sock.recv(1) == b""


class ConnectionTest(unittest.TestCase):
    """One connection, answered in a thread of this process."""

    def connect(self, handler):
        here, there = socket.socketpair()
        thread = threading.Thread(target=fastcgi.answer, args=(there, handler), daemon=True)
        thread.start()
        self.addCleanup(thread.join, 20)
        self.addCleanup(here.close)
        return Peer(here)

    def test_a_request_is_answered(self):
        peer = self.connect(hello)
        peer.send(get())
        self.assertEqual(
            peer.answer(), (b"Content-Type: text/plain\r\n\r\nhello", b"", COMPLETE, 0))

    def test_a_connection_is_kept_when_asked_for(self):
        peer = self.connect(hello)
        for request_id in (1, 1, 7, 65535):
            peer.send(get(request_id))
            self.assertEqual(peer.answer(request_id)[2], COMPLETE)

    def test_a_connection_is_closed_when_not_kept(self):
        peer = self.connect(hello)
        peer.send(get(keep=False))
        peer.answer()
        self.assertTrue(peer.closed())

    def test_an_unread_body_is_drained_before_the_connection_is_closed(self):
        peer = self.connect(hello)
        peer.send(begin(keep=False), record(PARAMS), record(STDIN, content=bytes(60000)))
        peer.answer()
        self.assertTrue(peer.closed())
        for _ in range(100):  # far more than a socket holds: somebody reads it
            peer.send(record(STDIN, content=bytes(60000)))

    def test_an_unread_body_does_not_disturb_the_next_request(self):
        peer = self.connect(hello)
        peer.send(begin(), record(PARAMS), record(STDIN, content=bytes(60000)))
        peer.answer()
        peer.send(record(STDIN, content=b"late"), record(STDIN), get(2))
        self.assertEqual(peer.answer(2)[2], COMPLETE)

    def test_pipelined_requests_are_answered_in_turn(self):
        peer = self.connect(hello)
        peer.send(get(1), get(2))
        self.assertEqual(peer.answer(1)[2], COMPLETE)
        self.assertEqual(peer.answer(2)[2], COMPLETE)

    def test_params_may_straddle_records_anywhere(self):
        params = fastcgi.pair(b"A", b"1") + fastcgi.pair(b"LONG", b"x" * 200) + b"\x01\x00E"
        for cut in range(1, len(params)):
            with self.subTest(cut=cut):
                peer = self.connect(environ)
                peer.send(begin(), record(PARAMS, content=params[:cut]),
                          record(PARAMS, content=params[cut:]), record(PARAMS), record(STDIN))
                self.assertEqual(peer.answer()[0], b"A=1\nLONG=" + b"x" * 200 + b"\nE=\n")

    def test_records_may_arrive_byte_by_byte(self):
        peer = self.connect(environ)
        for byte in get(params=fastcgi.pair(b"A", b"1")):
            peer.send(bytes([byte]))
        self.assertEqual(peer.answer()[0], b"A=1\n")

    def test_padding_and_reserved_bytes_mean_nothing(self):
        peer = self.connect(echo)
        peer.send(begin(), record(PARAMS, padding=255), record(STDIN, content=b"a", padding=7),
                  record(STDIN, content=b"b" * 65535, padding=255), record(STDIN, padding=1))
        self.assertEqual(peer.answer()[0], b"\r\na" + b"b" * 65535)

    def test_the_last_of_two_params_with_one_name_wins(self):
        peer = self.connect(environ)
        peer.send(get(params=fastcgi.pair(b"A", b"1") + fastcgi.pair(b"A", b"2")))
        self.assertEqual(peer.answer()[0], b"A=2\n")

    def test_any_bytes_survive_in_params(self):
        every = bytes(range(256))
        peer = self.connect(lambda request: request.write(request.environ["A"].encode("latin-1")))
        peer.send(get(params=fastcgi.pair(b"A", every)))
        self.assertEqual(peer.answer()[0], every)

    def test_the_body_is_there_while_it_arrives(self):
        peer = self.connect(echo)
        peer.send(begin(), record(PARAMS))
        self.assertEqual(peer.receive(), (STDOUT, 1, b"\r\n"))
        for piece in (b"one", b"two"):
            peer.send(record(STDIN, content=piece))
            self.assertEqual(peer.receive(), (STDOUT, 1, piece))
        peer.send(record(STDIN))
        self.assertEqual(peer.answer()[2], COMPLETE)

    def test_a_response_larger_than_a_record_is_split(self):
        peer = self.connect(lambda request: request.write(bytes(200000)))
        peer.send(get())
        self.assertEqual(len(peer.answer()[0]), 200000)

    def test_records_leave_padded_to_eight_bytes(self):
        peer = self.connect(lambda request: request.write(b"12345"))
        peer.send(get())
        self.assertEqual(peer.take(16), struct.pack(">BBHHBB", 1, STDOUT, 1, 5, 3, 0) + b"12345\0\0\0")

    def test_stderr_is_a_stream_of_its_own_and_is_closed_too(self):
        def complain(request):
            request.write(b"\r\nbefore")
            request.error(b"oh")
            request.write(b"after")
        peer = self.connect(complain)
        peer.send(get())
        seen = [peer.receive()[::2] for _ in range(6)]
        self.assertEqual(seen, [(STDOUT, b"\r\nbefore"), (STDERR, b"oh"), (STDOUT, b"after"),
                                (STDOUT, b""), (STDERR, b""), (END_REQUEST, bytes(8))])

    def test_get_values_tells_what_is_known(self):
        peer = self.connect(hello)
        asked = [b"FCGI_MPXS_CONNS", b"FCGI_NO_SUCH", b"FCGI_MAX_CONNS", b"FCGI_MAX_REQS"]
        peer.send(record(GET_VALUES, 0, b"".join(fastcgi.pair(name, b"") for name in asked)))
        kind, request_id, content = peer.receive()
        self.assertEqual((kind, request_id), (GET_VALUES_RESULT, 0))
        self.assertEqual(dict(fastcgi.pairs(content)), {
            b"FCGI_MAX_CONNS": b"1", b"FCGI_MAX_REQS": b"1", b"FCGI_MPXS_CONNS": b"0"})

    def test_a_connection_stays_open_after_get_values(self):
        peer = self.connect(hello)
        peer.send(record(GET_VALUES, 0))
        self.assertEqual(peer.receive(), (GET_VALUES_RESULT, 0, b""))
        peer.send(get())
        self.assertEqual(peer.answer()[2], COMPLETE)

    def test_get_values_is_answered_within_a_request(self):
        peer = self.connect(echo)
        peer.send(begin(), record(PARAMS))
        self.assertEqual(peer.receive()[0], STDOUT)
        peer.send(record(GET_VALUES, 0))
        self.assertEqual(peer.receive()[0], GET_VALUES_RESULT)
        peer.send(record(STDIN, content=b"body"), record(STDIN))
        self.assertEqual(peer.answer(), (b"body", b"", COMPLETE, 0))

    def test_an_unknown_management_type_is_named(self):
        peer = self.connect(hello)
        peer.send(record(77, 0, b"what?"))
        self.assertEqual(peer.receive(), (UNKNOWN_TYPE, 0, b"\x4d" + bytes(7)))

    def test_an_unknown_role_is_refused_and_the_connection_kept(self):
        peer = self.connect(hello)
        peer.send(begin(role=2), record(PARAMS), record(STDIN))
        self.assertEqual(peer.answer()[1:3], (b"", UNKNOWN_ROLE))
        peer.send(get())
        self.assertEqual(peer.answer()[2], COMPLETE)

    def test_a_second_request_at_the_same_time_is_refused(self):
        peer = self.connect(echo)
        peer.send(begin(1), record(PARAMS))
        self.assertEqual(peer.receive()[0], STDOUT)
        peer.send(get(2))
        self.assertEqual(peer.answer(2)[2], CANT_MPX)
        peer.send(record(STDIN, content=b"body"), record(STDIN))
        self.assertEqual(peer.answer(1)[0], b"body")

    def test_an_abort_ends_the_request_whose_body_is_being_read(self):
        peer = self.connect(echo)
        peer.send(begin(), record(PARAMS), record(STDIN, content=b"half"), record(ABORT_REQUEST))
        self.assertEqual(peer.answer()[2], COMPLETE)
        peer.send(get(2))
        self.assertEqual(peer.answer(2)[2], COMPLETE)

    def test_an_abort_before_the_end_of_params_never_reaches_the_handler(self):
        called = []
        peer = self.connect(called.append)
        peer.send(begin(), record(PARAMS, content=b"\x01"), record(ABORT_REQUEST))
        self.assertEqual(peer.answer()[2], COMPLETE)
        self.assertEqual(called, [])

    def test_records_of_no_request_are_ignored(self):
        peer = self.connect(hello)
        peer.send(record(STDIN, 5), record(ABORT_REQUEST, 6), record(99, 7, b"?"), get())
        self.assertEqual(peer.answer()[2], COMPLETE)

    def test_records_of_no_use_to_a_responder_are_ignored(self):
        peer = self.connect(echo)
        peer.send(begin(), record(PARAMS), record(DATA, content=b"x"), record(99), record(STDIN))
        self.assertEqual(peer.answer()[0], b"\r\n")

    def test_an_exception_is_a_500_with_the_traceback_in_the_error_log(self):
        def fail(request):
            raise FileNotFoundError("the reason")
        peer = self.connect(fail)
        peer.send(get())
        out, err, status, app_status = peer.answer()
        self.assertTrue(out.startswith(b"Status: 500 "))
        self.assertIn(b"the reason", err)
        self.assertEqual((status, app_status), (COMPLETE, 1))

    def test_an_exception_after_the_head_leaves_no_second_head(self):
        def fail(request):
            request.write(b"\r\npart")
            raise ValueError
        peer = self.connect(fail)
        peer.send(get())
        out, _, _, app_status = peer.answer()
        self.assertEqual((out, app_status), (b"\r\npart", 1))

    def test_what_is_not_fastcgi_closes_the_connection(self):
        cases = {
            "another version": b"\x02" + get()[1:],
            "a short BEGIN_REQUEST": record(BEGIN_REQUEST, content=b"\0\1"),
            "a request that begins twice": begin() + begin(),
            "a length beyond the end": get(params=b"\x05\x01abc"),
            "a huge length": get(params=b"\xff\xff\xff\xff\xff\xff\xff\xffab"),
            "a length cut short": get(params=b"\x80\0"),
        }
        for name, data in cases.items():
            with self.subTest(name):
                err, sys.stderr = sys.stderr, open(os.devnull, "w")
                try:
                    peer = self.connect(hello)
                    peer.send(data)
                    try:
                        self.assertTrue(peer.closed())
                    except ConnectionResetError:
                        pass
                finally:
                    sys.stderr.close()
                    sys.stderr = err


class PairsTest(unittest.TestCase):
    def test_pairs_survive_in_both_lengths(self):
        for size in (0, 1, 127, 128, 70000):
            with self.subTest(size=size):
                some = (b"n" * size, b"v" * size)
                self.assertEqual(list(fastcgi.pairs(fastcgi.pair(*some))), [some])

    def test_a_short_length_may_come_in_four_bytes(self):
        self.assertEqual(list(fastcgi.pairs(b"\x80\0\0\1\x80\0\0\2abb")), [(b"a", b"bb")])


class ProcessTest(unittest.TestCase):
    """serve() in a process of its own, with the listening socket as descriptor 0."""

    APPLICATION = """
import sys
sys.path.insert(0, %r)
from fastcgi import serve
def echo(request):
    request.write(b"\\r\\n")
    for piece in iter(request.read, b""):
        request.write(piece)
serve(echo)
""" % HERE

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(self.listener.close)
        self.path = os.path.join(directory.name, "socket")
        self.listener.bind(self.path)
        self.listener.listen()

    def start(self, stdin, **options):
        process = subprocess.Popen([sys.executable, "-c", self.APPLICATION], stdin=stdin, **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def connect(self):
        sock = socket.socket(socket.AF_UNIX)
        self.addCleanup(sock.close)
        sock.connect(self.path)
        return Peer(sock)

    def answered(self):
        peer = self.connect()
        peer.send(get())
        peer.answer()
        return peer

    def test_sigterm_ends_it_on_an_idle_kept_connection(self):
        process = self.start(self.listener)
        peer = self.answered()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20), 0)
        self.assertTrue(peer.closed())

    def test_sigterm_ends_it_while_it_waits_for_a_connection(self):
        process = self.start(self.listener)
        peer = self.connect()
        peer.send(get(keep=False))
        peer.answer()
        self.assertTrue(peer.closed())
        peer.sock.close()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20), 0)

    def test_sigterm_lets_a_running_request_finish(self):
        process = self.start(self.listener)
        peer = self.connect()
        peer.send(begin(), record(PARAMS))
        self.assertEqual(peer.receive()[0], STDOUT)
        process.send_signal(signal.SIGTERM)
        peer.send(record(STDIN, content=b"body"), record(STDIN))
        self.assertEqual(peer.answer(), (b"body", b"", COMPLETE, 0))
        self.assertEqual(process.wait(20), 0)

    def test_sigterm_ends_it_on_a_rest_of_an_unread_body(self):
        process = self.start(self.listener)
        peer = self.answered()
        peer.send(record(STDIN, content=b"late")[:10])
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20), 0)

    def test_it_ends_when_nothing_can_be_accepted_any_more(self):
        process = self.start(self.listener)
        self.answered().sock.close()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.assertEqual(process.wait(20), 0)

    def test_the_next_connection_is_accepted_after_the_peer_left_in_mid_request(self):
        self.start(self.listener)
        peer = self.connect()
        peer.send(begin(), record(PARAMS, content=b"\x05"))
        peer.sock.close()
        self.answered()

    def test_without_a_listening_socket_it_says_how_to_start_it(self):
        process = self.start(subprocess.DEVNULL, stderr=subprocess.PIPE)
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 1)
        self.assertIn(b"descriptor 0 is no listening socket", err)


if __name__ == "__main__":
    unittest.main()
