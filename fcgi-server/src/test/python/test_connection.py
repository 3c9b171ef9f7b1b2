"""FastCGI: management, several requests on one connection, and whatever else may arrive."""

import functools
import hashlib
import json
import random
import socket
import struct
import unittest
from types import SimpleNamespace

import application
from client import (ABORT_REQUEST, BEGIN_REQUEST, PARAMS, STDIN, Collector, Worker, begin,
                    encode, gatepool_wsgi, params, record, request, stdin)
from gatepool_wsgi import (CANT_MPX_CONN, GET_VALUES, GET_VALUES_RESULT, OVERLOADED, ProtocolError,
                           UNKNOWN_ROLE, UNKNOWN_TYPE)

QUESTION = encode({"FCGI_MAX_CONNS": "", "FCGI_MAX_REQS": "", "FCGI_MPXS_CONNS": "", "X": ""})


class ManagementTest(unittest.TestCase):
    def values(self, *arguments):
        with Worker(*arguments, "application") as worker, worker.connect() as client:
            client.send(record(GET_VALUES, 0, QUESTION))
            kind, _, content = client.next()
            self.assertEqual(GET_VALUES_RESULT, kind)
            found = {}
            gatepool_wsgi.parse_pairs(content, found)
            return found

    def test_get_values(self):
        for arguments, expected in (((), "1 4 1"), (("--multiplex", "1"), "1 1 0"),
                                    (("--threads=3", "--multiplex=5"), "3 15 1")):
            found = self.values(*arguments)
            self.assertEqual(dict(zip(("FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS"),
                                      expected.split())), found)

    def test_get_values_asks_for_what_it_wants(self):
        with Worker() as worker, worker.connect() as client:
            client.send(record(GET_VALUES, 0), record(GET_VALUES, 0, encode({"FCGI_MAX_CONNS": ""})))
            self.assertEqual((GET_VALUES_RESULT, 0, b""), client.next())
            self.assertEqual((GET_VALUES_RESULT, 0, b"\x0e\x01FCGI_MAX_CONNS1"), client.next())
            self.assertEqual(b"hello", client.get("/hello").body)

    def test_unknown_management(self):
        with Worker() as worker, worker.connect() as client:
            client.send(record(99, 0, b"what"))
            self.assertEqual((UNKNOWN_TYPE, 0, b"\x63" + bytes(7)), client.next())
            self.assertEqual(b"hello", client.get("/hello").body)


class MultiplexTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()
        cls.addClassCleanup(cls.worker.__exit__)

    def setUp(self):
        self.client = self.worker.connect()
        self.addCleanup(self.client.sock.close)

    def test_requests_are_served_in_order(self):
        self.client.send(request("/hello", request_id=7), request("/write", request_id=300),
                         request("/hello", request_id=2))
        self.assertEqual([b"hello", b"one two three", b"hello"],
                         [self.client.answer(number).body for number in (7, 300, 2)])
        self.assertEqual([7, 300, 2], self.client.order)

    def test_one_whose_environ_is_not_here_does_not_hold_up_others(self):
        self.client.send(begin(1), request("/hello", request_id=2))
        self.assertEqual(b"hello", self.client.answer(2).body)
        self.client.send(params("/hello", 1), stdin(b"", 1))
        self.assertEqual(b"hello", self.client.answer(1).body)

    def test_others_arrive_while_one_runs(self):
        self.client.send(begin(1), params("/wait-for-body", 1))
        self.client.next()
        large = bytes(range(256)) * 4000  # goes to a file
        halves = stdin(large, 3).partition(record(STDIN, 3, large[32768:65536]))
        self.client.send(begin(2), params("/hello", 2), begin(3), halves[0],
                         params("/digest", 3, CONTENT_LENGTH=str(len(large))), stdin(b"", 2),
                         halves[1], stdin(b"slow", 1), halves[2])
        self.assertEqual(b"running slow", self.client.answer(1).body)
        self.assertEqual(b"hello", self.client.answer(2).body)
        size, digest, _ = self.client.answer(3).body.decode().split()
        self.assertEqual((len(large), hashlib.sha256(large).hexdigest()), (int(size), digest))
        self.assertEqual([1, 2, 3], self.client.order)

    def test_waiting_bodies_do_not_stay_in_memory(self):
        self.client.send(begin(1), params("/wait-for-body", 1))
        self.client.next()
        for number in 2, 3, 4:
            self.client.send(begin(number), params("/digest", number))
            for _ in range(300):
                self.client.send(record(STDIN, number, bytes(60000)))
            self.client.send(record(STDIN, number))
        self.client.send(stdin(b"", 1))
        for number in 2, 3, 4:
            size, _, peak = self.client.answer(number).body.split()
            self.assertEqual(300 * 60000, int(size))
            self.assertLess(int(peak), 40000)  # kB, of 54 MB

    def test_one_too_many_is_overloaded(self):
        self.client.send(begin(1), params("/wait-for-body", 1))
        self.client.next()
        self.client.send(*(request("/hello", request_id=number) for number in (2, 3, 4, 5)))
        self.client.send(stdin(b"done", 1))
        self.assertEqual(OVERLOADED, self.client.answer(5).protocol_status)
        self.assertEqual(b"running done", self.client.answer(1).body)
        for number in 2, 3, 4:
            self.assertEqual(b"hello", self.client.answer(number).body)
        self.assertEqual(b"hello", self.client.get("/hello", request_id=1).body)

    def test_without_multiplexing_a_second_one_is_refused(self):
        with Worker("--multiplex", "1", "application") as worker, worker.connect() as client:
            client.send(begin(1), params("/wait-for-body", 1))
            client.next()
            client.send(request("/hello", request_id=2), stdin(b"", 1))
            self.assertEqual(CANT_MPX_CONN, client.answer(2).protocol_status)
            self.assertEqual(b"running ", client.answer(1).body)

    def test_a_waiting_one_can_be_aborted(self):
        self.client.send(begin(1), params("/wait-for-body", 1))
        self.client.next()
        self.client.send(request("/tell", request_id=2), request("/hello", request_id=3),
                         record(ABORT_REQUEST, 2), stdin(b"", 1))
        answer = self.client.answer(2)
        self.assertEqual((True, None, 0), (answer.whole, answer.status, answer.protocol_status))
        self.assertEqual(b"hello", self.client.answer(3).body)
        self.assertEqual([2, 1, 3], self.client.order)

    def test_when_a_response_is_aborted_the_waiting_ones_are_refused(self):
        self.client.send(request("/fails-between", request_id=1), request("/hello", request_id=2))
        self.assertFalse(self.client.answer(1).whole)
        self.assertEqual(OVERLOADED, self.client.answer(2).protocol_status)

    def test_an_id_that_is_in_use_cannot_begin(self):
        self.client.send(begin(1), begin(1))
        self.assertTrue(self.client.is_closed())

    def test_other_roles(self):
        for role in 2, 3, 77:
            self.client.send(begin(1, role=role), params("/hello"), stdin())
            self.assertEqual(UNKNOWN_ROLE, self.client.answer().protocol_status)
        self.assertEqual(b"hello", self.client.get("/hello").body)

    def test_another_role_without_keep_conn_closes(self):
        self.client.send(begin(1, role=2, keep=False))
        self.assertEqual(UNKNOWN_ROLE, self.client.answer().protocol_status)
        self.assertTrue(self.client.is_closed())

    def test_without_keep_conn_the_connection_is_closed(self):
        self.client.send(request("/hello", keep=False))
        self.assertEqual(b"hello", self.client.answer().body)
        self.assertTrue(self.client.is_closed())

    def test_a_half_closed_connection_is_answered(self):
        self.client.send(request("/hello"))
        self.client.sock.shutdown(socket.SHUT_WR)
        self.assertEqual(b"hello", self.client.answer().body)

    def test_records_of_unknown_requests_are_ignored(self):
        self.client.send(stdin(b"x", 9), params("/", 9), record(ABORT_REQUEST, 9), record(8, 9),
                         record(200, 9, b"?"))
        self.assertEqual(b"hello", self.client.get("/hello").body)

    def test_padding_and_reserved_bytes_mean_nothing(self):
        values = encode({"PATH_INFO": "/hello"})
        self.client.send(record(BEGIN_REQUEST, 1, struct.pack(">HB5s", 1, 255, b"\xff" * 5), 255),
                         record(PARAMS, 1, values[:5], 7), record(PARAMS, 1, values[5:], 255),
                         record(PARAMS, 1, b"", 255), record(STDIN, 1, b"", 1))
        self.assertEqual(b"hello", self.client.answer().body)


class MalformedTest(unittest.TestCase):
    def test_the_connection_is_closed_and_the_log_says_why(self):
        cases = (
            (b"GET / HTTP/1.1\r\n\r\n", "a record of FastCGI version 71, not 1"),
            (record(BEGIN_REQUEST, 1, b"123"), "BEGIN_REQUEST with 3 bytes"),
            (begin(1) + begin(1), "request 1 begins twice"),
            (begin() + record(PARAMS, 1, b"\x05\x05ab") + record(PARAMS),
             "a name-value pair claims more bytes than there are"),
            (begin() + record(PARAMS, 1, b"\xff\xff\xff\xff\x7f\xff\xff\xff") + record(PARAMS),
             "a name-value pair claims more bytes than there are"),
            (begin() + record(PARAMS, 1, b"\x01") + record(PARAMS),
             "a name-value pair claims more bytes than there are"),
            (begin() + record(PARAMS, 1, bytes(65535)) * 17, "more than 1048576 bytes of PARAMS"),
            (begin() + params("/wait-for-body") + record(PARAMS, 1, b"\x01\x00a"),
             "PARAMS behind their end"),
        )
        with Worker() as worker:
            for data, reason in cases:
                with self.subTest(reason), worker.connect() as client:
                    try:
                        client.send(data)
                        client.sock.shutdown(socket.SHUT_WR)
                    except ConnectionError:
                        pass
                    while client.next():
                        pass
                    worker.read_log_until("gatepool_wsgi: connection closed: %s\n" % reason)
            self.assertEqual(b"hello", worker.get("/hello").body)


class FakeSocket:
    """Gives a stream of bytes in pieces of any size, and keeps what is sent."""

    family = socket.AF_UNIX

    def __init__(self, data, seed):
        self.data, self.at, self.chance = data, 0, random.Random(seed)
        self.sizes = (65536,) if seed is WHOLE else (1, 2, 7, 8, 9, 100, 5000, 65536)
        self.sent = bytearray()

    def recv(self, size, flags=0):
        if flags and self.chance.random() < 0.5:
            raise BlockingIOError
        size = min(size, self.chance.choice(self.sizes))
        piece = self.data[self.at : self.at + size]
        self.at += len(piece)
        return piece

    def sendall(self, data):
        self.sent += data

    def setblocking(self, _):
        pass

    setsockopt = shutdown = lambda self, *_: None
    close = lambda self: None


WHOLE = "whole"


def serve(data, seed):
    """What a connection answers to these bytes; they come in pieces, unless the seed is WHOLE."""
    options = SimpleNamespace(threads=1, multiplex=4, multiprocess=False)
    worker = gatepool_wsgi.Worker.__new__(gatepool_wsgi.Worker)
    worker.application, worker.multiplex, worker.stopping = application.application, 4, False
    worker.environ, worker.values = gatepool_wsgi.Worker.constants(options, None)
    worker.known_environ = functools.lru_cache(maxsize=2)(worker.begin_environ)
    sock = FakeSocket(data, seed)
    gatepool_wsgi.Connection(worker, sock).serve()
    return bytes(sock.sent)


class FuzzTest(unittest.TestCase):
    def answers(self, data, seed):
        sent = serve(data, seed)
        pieces = iter((sent, b""))
        collector = Collector(lambda: next(pieces))
        while collector.next():
            pass
        return {number: (collector.answer(number)) for number in collector.order[:]}

    def test_however_the_bytes_are_cut_the_answers_are_the_same(self):
        chance = random.Random(20260101)
        for round_number in range(60):
            with self.subTest(round_number):
                streams, expected = [], {}
                for number in range(1, 5):
                    body = chance.randbytes(chance.choice((0, 1, 5, 70000))) if hasattr(
                        chance, "randbytes") else bytes(chance.choice((0, 1, 5, 70000)))
                    size = chance.choice((1000, 32768, 65535))
                    streams.append([begin(number), params("/echo", number,
                                                          CONTENT_LENGTH=str(len(body)))])
                    streams[-1] += [record(STDIN, number, body[at : at + size], chance.randrange(9))
                                    for at in range(0, len(body), size)]
                    streams[-1].append(record(STDIN, number))
                    expected[number] = body
                mixed = b""
                while any(streams):
                    mixed += chance.choice([stream for stream in streams if stream]).pop(0)
                found = self.answers(mixed, round_number)
                self.assertEqual(expected, {n: answer.body for n, answer in found.items()})

    def test_garbage_never_hangs_or_crashes(self):
        chance = random.Random(20260102)
        good = b"".join(request(path, b"some body", number) for number, path in
                        enumerate(("/hello", "/echo", "/write", "/unread"), 1))
        for round_number in range(1500):
            data = bytearray(good)
            for _ in range(chance.choice((1, 1, 2, 5, 50))):
                at = chance.randrange(len(data))
                how = chance.randrange(3)
                if how == 0:
                    data[at] = chance.randrange(256)
                elif how == 1:
                    del data[at : at + chance.randrange(20)]
                else:
                    data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(20)))
            with self.subTest(round_number):
                serve(bytes(data), round_number)

    def setUp(self):
        self.said = gatepool_wsgi.say
        gatepool_wsgi.say = lambda message: None
        self.addCleanup(setattr, gatepool_wsgi, "say", self.said)


FIRST = encode({"REQUEST_METHOD": "GET", "SERVER_NAME": "a name"})


class SteadyVariablesTest(unittest.TestCase):
    """What was parsed once is used again: no request must see what another one did to it."""

    def bodies(self, *requests):
        pieces = iter((serve(b"".join(requests), WHOLE), b""))
        collector = Collector(lambda: next(pieces))
        return [collector.answer(number).body for number in range(1, len(requests) + 1)]

    @staticmethod
    def asks(number, path, first):
        return SimpleRequestTest.simple(number, first=encode(first), pairs=encode({"PATH_INFO": path}))

    def test_an_application_that_changes_its_environ_changes_only_its_own(self):
        names = {"SERVER_NAME": "a name", "DOCUMENT_ROOT": "/srv"}
        changed, shown = self.bodies(self.asks(1, "/change", names), self.asks(2, "/names", names))
        self.assertEqual(b"changed", changed)
        self.assertEqual(b"a name /srv", shown)

    def test_long_ones_are_not_remembered(self):
        remembered = []
        original = functools.lru_cache

        def watched(**options):
            def wrap(function):
                kept = original(**options)(function)
                remembered.append(kept)
                return kept
            return wrap

        functools.lru_cache = watched
        self.addCleanup(setattr, functools, "lru_cache", original)
        for size, count in (10, 1), (3000, 0):
            names = {"SERVER_NAME": "n" * size, "DOCUMENT_ROOT": "/"}
            self.assertEqual([b"n" * size + b" /"], self.bodies(self.asks(1, "/names", names)))
            self.assertEqual(count, remembered.pop().cache_info().currsize)

    def test_what_differs_in_it_arrives(self):
        for number in range(1, 5):
            names = {"SERVER_NAME": "name %d" % number, "DOCUMENT_ROOT": "/%d" % number}
            self.assertEqual([b"name %d /%d" % (number, number)] * 2,
                             self.bodies(self.asks(1, "/names", names), self.asks(2, "/names", names)))


class SimpleRequestTest(unittest.TestCase):
    """Most requests are taken at once and not by the record: that must make no difference."""

    def setUp(self):
        self.taken = 0
        self.original = gatepool_wsgi.Connection.take_simple
        self.addCleanup(setattr, gatepool_wsgi.Connection, "take_simple", self.original)
        said = gatepool_wsgi.say
        gatepool_wsgi.say = lambda message: None
        self.addCleanup(setattr, gatepool_wsgi, "say", said)

    def take_simple(self, connection, data, at):
        after = self.original(connection, data, at)
        self.taken += after > 0
        return after

    def at_once_and_by_the_record(self, data, seed):
        test = self
        gatepool_wsgi.Connection.take_simple = lambda self, *where: test.take_simple(self, *where)
        at_once = serve(data, seed)
        gatepool_wsgi.Connection.take_simple = lambda self, data, at: 0
        self.assertEqual(serve(data, seed), at_once)

    @staticmethod
    def simple(number=1, role=1, keep=1, padding=0, length=1, pairs=encode({"PATH_INFO": "/hello"}),
               params_id=None, end_id=None, reserved=0, first=b"", first_id=None):
        """`first` goes in front of `pairs`, in a record of its own."""
        params_id, end_id = params_id or number, end_id or number
        return (record(BEGIN_REQUEST, number, struct.pack(">HB5x", role, keep) * length,
                       reserved=reserved)
                + (record(PARAMS, first_id or number, first, padding, reserved) if first else b"")
                + record(PARAMS, params_id, pairs, padding, reserved)
                + record(PARAMS, end_id, reserved=reserved)
                + record(STDIN, end_id, reserved=reserved))

    def test_each_kind_of_request_is_answered_the_same(self):
        simple = self.simple
        for name, data, expected in (
                ("one", simple(), 1),
                ("a large id", simple(65535), 1),
                ("padding", simple(padding=7), 1),
                ("two", simple(1) + simple(2), 2),
                ("one behind the other, the same id", simple(1) + simple(1), 1),
                ("one too many", b"".join(simple(number) for number in range(1, 6)), 4),
                ("the last one", simple(keep=0) + simple(2), 2),
                ("between others", request("/hello", b"body", 2) + simple() + begin(3), 1),
                ("without its end", simple()[:-1], 0),
                ("with more behind it", simple() + b"\1", 1),
                ("no id", simple(0), 0),
                ("another role", simple(role=2), 0),
                ("a longer BEGIN_REQUEST", simple(length=2), 0),
                ("no pairs", simple(pairs=b""), 0),
                ("the PARAMS of another one", simple(params_id=2), 0),
                ("the end of another one", simple(end_id=2), 0),
                ("bytes that nobody reads", simple(reserved=1), 0),
                ("broken pairs", simple(pairs=b"\x7f\x7f"), 1),
                ("a body", simple()[:-8] + stdin(b"body"), 0),
                ("another version", b"\2" + simple()[1:], 0),
                ("more behind the end of the body", simple() + stdin(b"more") + simple(2), 2),
                ("a Content-Length and no body",
                 simple(pairs=encode({"PATH_INFO": "/echo", "CONTENT_LENGTH": "5"})), 1),
                ("a body that is not there is read", simple(pairs=encode(
                    {"PATH_INFO": "/read", "QUERY_STRING": json.dumps(
                        [[name, *size] for name in ("read", "readline", "readlines")
                         for size in ([], [0], [5])] + [["read", -1], ["list"]])})), 1),
                ("an ABORT_REQUEST for one that waits",
                 simple() + simple(2) + record(ABORT_REQUEST, 2), 2),
                ("two records", simple(first=FIRST), 1),
                ("two records, padding", simple(first=FIRST, padding=7), 1),
                ("two records, without the end", simple(first=FIRST)[:-1], 0),
                ("two records, cut in the second", simple(first=FIRST)[:-30], 0),
                ("two records, the first of another one", simple(first=FIRST, first_id=2), 0),
                ("two records, the second of another one", simple(first=FIRST, params_id=2), 0),
                ("two records, a pair straddles them",
                 simple(first=FIRST + b"\x09\x06PATH_", pairs=b"INFO/hello"), 0),
                ("two records, a name in both", simple(first=encode({"PATH_INFO": "/nowhere"})), 1),
                ("two records, the second broken", simple(first=FIRST, pairs=b"\x7f\x7f"), 1),
                ("two records, and data behind them", simple(first=FIRST) + b"\1", 1),
                ("two records, no end but STDIN",
                 simple(first=FIRST)[:-16] + stdin(b"body"), 0)):
            with self.subTest(name):
                self.taken = 0
                self.at_once_and_by_the_record(data, WHOLE)
                self.assertEqual(expected, self.taken)

    def test_whatever_a_name_says_in_whichever_record_the_environ_is_the_same(self):
        chance = random.Random(20260104)
        values = {"HTTPS": ("", "on", "off"), "SERVER_NAME": ("", "a.example"), "SERVER_PORT": ("", "8080"),
                  "SCRIPT_NAME": ("", "/", "/app"), "CONTENT_TYPE": ("", "text/html"), "X": ("1", "2"),
                  "CONTENT_LENGTH": ("", "5", "x"), "HTTP_CONTENT_TYPE": ("", "x"),
                  "HTTP_CONTENT_LENGTH": ("", "9"), "REQUEST_METHOD": ("GET", "HEAD")}
        for round_number in range(1500):
            first, second = (
                {name: chance.choice(values[name]) for name in chance.sample(list(values), chance.randrange(1, 6))}
                for _ in range(2))
            chance.choice((first, second))["PATH_INFO"] = chance.choice(("/strings", "strings"))
            data = self.simple(first=encode(first), pairs=encode(second))
            with self.subTest(round_number, first=first, second=second):
                self.at_once_and_by_the_record(data, WHOLE)
        self.assertEqual(1500, self.taken)

    def test_broken_ones_are_answered_the_same(self):
        chance = random.Random(20260103)
        good = b"".join(self.simple(number, first=FIRST * (number == 2)) for number in range(1, 4))
        for round_number in range(1500):
            data = bytearray(good)
            for _ in range(chance.choice((1, 1, 2, 5))):
                data[chance.randrange(len(data))] = chance.choice((0, 1, 2, 4, 5, 8, 255))
            with self.subTest(round_number):
                self.at_once_and_by_the_record(bytes(data), WHOLE if round_number % 2 else round_number)
        self.assertGreater(self.taken, 1000)


class PairsTest(unittest.TestCase):
    def parse(self, data):
        found = {}
        gatepool_wsgi.parse_pairs(data, found)
        return found

    def test_lengths(self):
        for size in 0, 1, 127, 128, 255, 256, 70000:
            values = {"n" * size: "v" * (70000 - size), "x": "y"}
            self.assertEqual(values, self.parse(encode(values)))

    def test_a_long_length_may_be_short(self):
        self.assertEqual({"ab": "c"}, self.parse(b"\x80\x00\x00\x02\x80\x00\x00\x01abc"))
        self.assertEqual({"ab": "c"}, self.parse(b"\x80\x00\x00\x02\x01abc"))

    def test_each_cut_is_an_error(self):
        data = encode({"name": "v" * 200, "n" * 130: ""})
        whole = 4 + 5 + 200
        for size in range(1, len(data)):
            if size != whole:
                with self.assertRaises(ProtocolError, msg=size):
                    self.parse(data[:size])


if __name__ == "__main__":
    unittest.main()
