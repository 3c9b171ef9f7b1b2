"""The rules of WSGI (PEP 3333), with a real worker process at the other end of a socket."""

import hashlib
import json
import os
import tempfile
import unittest

from client import (ABORT_REQUEST, HERE, PARAMS, STDIN, Worker, begin, gatepool_wsgi, params, record,
                    request, stdin)


class WorkerCase(unittest.TestCase):
    """One worker for the tests of a class, one connection for each test."""

    arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.worker = Worker(*cls.arguments)
        cls.addClassCleanup(cls.worker.__exit__)

    client = None

    def setUp(self):
        self.reconnect()
        self.events()

    def reconnect(self):
        """A worker of one thread serves one connection at a time."""
        if self.client:
            self.client.sock.close()
        self.client = self.worker.connect()
        self.addCleanup(self.client.sock.close)

    def get(self, path, body=b"", **values):
        answer = self.client.get(path, body, **values)
        self.assertTrue(answer.whole, answer)
        return answer

    def events(self):
        """What the application has noted since the last question."""
        return json.loads(self.get("/tell").body)


class EnvironTest(WorkerCase):
    def environ(self, **values):
        return json.loads(self.get("/show", **values).body)

    def test_is_a_plain_dict_and_fresh_for_each_request(self):
        self.assertEqual(b"True False", self.get("/types").body)
        self.assertNotIn("wsgi.mine", self.environ())

    def test_bytes_arrive_as_latin_1(self):
        self.assertEqual("/\u00e4\u00ff\u0080", self.environ(HTTP_X="/\u00e4\u00ff\u0080")["HTTP_X"])

    def test_content_type_and_length_have_no_second_name(self):
        environ = self.environ(HTTP_CONTENT_TYPE="text/html", HTTP_CONTENT_LENGTH="9")
        self.assertNotIn("HTTP_CONTENT_TYPE", environ)
        self.assertNotIn("HTTP_CONTENT_LENGTH", environ)

    def test_an_empty_content_length_is_absent(self):
        environ = self.environ(CONTENT_LENGTH="", CONTENT_TYPE="")
        self.assertNotIn("CONTENT_LENGTH", environ)
        self.assertNotIn("CONTENT_TYPE", environ)

    def test_the_root_is_no_script_name(self):
        self.client.send(request("", SCRIPT_NAME="/", PATH_INFO="show"))
        environ = json.loads(self.client.answer().body)
        self.assertEqual(("", "/show"), (environ["SCRIPT_NAME"], environ["PATH_INFO"]))

    def test_other_script_names_stay_as_they_are(self):
        environ = self.environ(SCRIPT_NAME="/a b//")
        self.assertEqual(("/a b//", "/show"), (environ["SCRIPT_NAME"], environ["PATH_INFO"]))

    def test_server_name_and_port_are_never_empty(self):
        environ = self.environ(SERVER_NAME="", SERVER_PORT="")
        self.assertEqual(("localhost", "80"), (environ["SERVER_NAME"], environ["SERVER_PORT"]))
        self.assertEqual("443", self.environ(SERVER_PORT="", HTTPS="on")["SERVER_PORT"])

    def test_what_a_web_server_leaves_out_has_a_value(self):
        path = b"\x09\x05PATH_INFO/show"
        self.client.send(begin(), record(PARAMS, 1, path), record(PARAMS), stdin())
        environ = json.loads(self.client.answer().body)
        for name in ("REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"):
            self.assertTrue(environ[name], name)
        self.assertEqual(("", ""), (environ["SCRIPT_NAME"], environ["QUERY_STRING"]))

    def test_https_is_the_scheme(self):
        for value, scheme in (("on", "https"), ("1", "https"), ("off", "http"), ("", "http")):
            self.assertEqual(scheme, self.environ(HTTPS=value)["wsgi.url_scheme"], value)
        self.assertEqual("http", self.environ()["wsgi.url_scheme"])

    def test_has_the_variables_of_wsgi(self):
        environ = self.environ()
        expected = {"wsgi.version": [1, 0], "wsgi.multithread": False, "wsgi.multiprocess": False,
                    "wsgi.run_once": False, "wsgi.input_terminated": True}
        self.assertEqual(expected, {name: environ[name] for name in expected})

    def test_the_request_id_is_passed_on(self):
        self.assertEqual("r7", self.environ(REQUEST_ID="r7")["REQUEST_ID"])

    def test_of_a_name_given_twice_the_last_counts(self):
        twice = b"\x01\x01A1\x01\x01A2\x09\x05PATH_INFO/show"
        self.client.send(begin(), record(PARAMS, 1, twice), record(PARAMS), stdin())
        self.assertEqual("2", json.loads(self.client.answer().body)["A"])


class ManyProcessesTest(WorkerCase):
    arguments = ("--multiprocess", "--threads", "3", "application")

    def test_the_application_is_told(self):
        environ = json.loads(self.get("/show").body)
        self.assertTrue(environ["wsgi.multiprocess"])
        self.assertTrue(environ["wsgi.multithread"])


class InputTest(WorkerCase):
    BODY = b"first\nsecond line\n\nlast"

    def read(self, *calls, body=BODY, **values):
        return json.loads(self.get("/read", body, QUERY_STRING=json.dumps(calls), **values).body)

    def test_methods(self):
        lines = ["first\n", "second line\n", "\n", "last"]
        for calls, expected in (
                ([["read"]], ["first\nsecond line\n\nlast"]),
                ([["read", -1]], ["first\nsecond line\n\nlast"]),
                ([["read", None]], ["first\nsecond line\n\nlast"]),
                ([["read", 3], ["read", 0], ["read", 100], ["read", 1], ["read"]],
                 ["fir", "", "st\nsecond line\n\nlast", "", ""]),
                ([["readline"], ["readline", 3], ["readline", 0], ["readline", 100],
                  ["readline", -1], ["readline", None], ["readline"]],
                 ["first\n", "sec", "", "ond line\n", "\n", "last", ""]),
                ([["readlines"]], [lines]),
                ([["readlines", 7], ["readlines", 0]], [lines[:2], lines[2:]]),
                ([["readlines", None]], [lines]),
                ([["list"], ["list"]], [lines, []]),
                ([["readline"], ["read", 6], ["list"]], ["first\n", "second", [" line\n", *lines[2:]]]),
        ):
            with self.subTest(calls):
                self.assertEqual(expected, self.read(*calls))

    def test_no_body_is_an_empty_one(self):
        self.assertEqual(["", "", [], []],
                         self.read(["read"], ["readline"], ["readlines"], ["list"], body=b""))

    def test_without_content_length_the_end_is_that_of_the_stream(self):
        self.assertEqual(["first\nsecond line\n\nlast", ""],
                         self.read(["read"], ["read"], CONTENT_LENGTH=""))

    def test_ends_at_content_length(self):
        self.assertEqual(["first", ""], self.read(["read"], ["read", 1], CONTENT_LENGTH="5"))
        self.assertEqual(["first", ""], self.read(["readline"], ["readline"], CONTENT_LENGTH="5"))

    def test_a_body_that_was_cut_raises_oserror(self):
        first, second = self.read(["read", 5], ["read"], CONTENT_LENGTH="100")
        self.assertEqual("first", first)
        self.assertEqual("OSError: the request body was cut: 77 bytes are missing", second)

    def test_a_body_that_ends_with_the_connection_raises_oserror_again_and_again(self):
        self.client.send(begin(), params("/swallows", CONTENT_LENGTH="10"), record(STDIN, 1, b"12"))
        self.client.next()
        self.client.sock.close()
        self.reconnect()
        self.assertEqual(["Disconnected"] * 3, self.events())

    def test_arrives_as_it_is_read(self):
        self.client.send(begin(), params("/step-by-step", REQUEST_METHOD="POST"))
        for letter in b"abc":
            while not any(bytes((letter,)) in piece for piece in self.client.streams.get((1, 6), [])):
                self.client.next()
            self.client.send(record(STDIN, 1, b"x"))
        self.assertTrue(self.client.answer().body.endswith(b"abc"))

    def test_a_large_body_is_not_kept_in_memory(self):
        piece = bytes(range(256)) * 128
        found = hashlib.sha256()
        self.client.send(begin(), params("/digest", CONTENT_LENGTH=str(1000 * len(piece))))
        for _ in range(1000):
            found.update(piece)
            self.client.send(record(STDIN, 1, piece, padding=3))
        self.client.send(record(STDIN))
        size, digest, peak = self.client.answer().body.split()
        self.assertEqual((1000 * len(piece), found.hexdigest()), (int(size), digest.decode()))
        self.assertLess(int(peak), 30000)  # kB, of 32 MB

    def test_an_unread_body_does_not_disturb_the_next_request(self):
        self.assertEqual(b"no interest", self.get("/unread", b"\x01\x01\x00\x01" * 50000).body)
        self.assertEqual(b"hello", self.get("/hello").body)

    def test_an_unread_body_does_not_reset_a_connection_that_closes(self):
        self.client.send(begin(keep=False), params("/unread", CONTENT_LENGTH="100000"))
        self.assertEqual(b"no interest", self.client.answer().body)
        self.client.send(stdin(b"x" * 100000))
        self.assertTrue(self.client.is_closed())

    def test_a_response_may_begin_before_the_body_is_read(self):
        body = os.urandom(300000)
        self.client.send(begin(), params("/echo", CONTENT_LENGTH=str(len(body))))
        for at in range(0, len(body), 10000):
            self.client.send(record(STDIN, 1, body[at : at + 10000]))
            while sum(map(len, self.client.streams.get((1, 6), []))) < at + 10000:
                self.client.next()
        self.client.send(record(STDIN))
        self.assertEqual(body, self.client.answer().body)


class ResponseTest(WorkerCase):
    def respond(self, status, headers, **values):
        return self.get("/respond", QUERY_STRING=json.dumps([status, headers]), **values)

    def stream(self, status, headers, *blocks, **values):
        return self.client.get("/respond-stream", **values,
                               QUERY_STRING=json.dumps([status, headers, *blocks]))

    def exact(self, arguments):
        return self.get("/exact", QUERY_STRING=arguments).body.decode()

    def test_order_and_duplicates_are_kept(self):
        headers = [["B", "1"], ["a", "2"], ["B", "3"], ["Set-Cookie", "x"], ["Set-Cookie", "y"],
                   ["Content-Length", "4"]]
        answer = self.respond("201 Made here", headers)
        self.assertEqual(("201 Made here", b"body"), (answer.status, answer.body))
        self.assertEqual([tuple(header) for header in headers], answer.headers)

    def test_latin_1_and_a_missing_reason_are_fine(self):
        value = "\u00e4\u00ff\u00a0\u00ad\u0085"  # printable ones, and others
        answer = self.respond("200 ", [["X", value]])
        self.assertEqual(("200 ", value), (answer.status, answer.headers[0][1]))

    def test_headers_that_change_do_not_fill_the_memory(self):
        for number in range(1000):
            line, _ = gatepool_wsgi.header_line(("X", "%d" % number))
            self.assertEqual(b"X: %d\r\n" % number, line)
            gatepool_wsgi.header_line(("X", "%d" % number + "long" * 100))
        self.assertLessEqual(len(gatepool_wsgi.KNOWN_LINES), 256)
        self.assertLess(max(len(value) for _, value in gatepool_wsgi.KNOWN_LINES), 256)

    def test_what_start_response_refuses(self):
        for arguments, reason in (
                ('"200 OK", [("X", "a\\r\\nY: b")]', "ValueError: the header X contains a control"),
                ('"200 OK", [("X", "a\\n")]', "ValueError: the header X contains a control"),
                ('"200 OK", [("X", "\\t")]', "ValueError: the header X contains a control"),
                ('"200 OK", [("X", "\\x00")]', "ValueError: the header X contains a control"),
                ('"200 OK", [("X", "\\x7f")]', "ValueError: the header X contains a control"),
                ('"200 OK\\r\\nX: y", []', "ValueError: the status contains a control"),
                ('"200 OK", [("X\\n", "")]', "ValueError: 'X\\n' is no header name"),
                ('"200 OK", [("X:", "")]', "ValueError: 'X:' is no header name"),
                ('"200 OK", [("X Y", "")]', "ValueError: 'X Y' is no header name"),
                ('"200 OK", [("", "")]', "ValueError: '' is no header name"),
                ('"200 OK", [("X", "\\u20ac")]', "UnicodeEncodeError"),
                ('"200 \\u20ac", []', "UnicodeEncodeError"),
                ('"200 OK", [("Connection", "close")]', "ValueError: Connection is a hop-by-hop"),
                ('"200 OK", [("transfer-encoding", "x")]', "ValueError: transfer-encoding is a hop"),
                ('"200 OK", [("Upgrade", "x")]', "ValueError: Upgrade is a hop-by-hop"),
                ('"200 OK", [("Status", "404")]', "ValueError: the header Status"),
                ('"200 OK", [("Content-Length", "-1")]', "ValueError: Content-Length must be"),
                ('"200 OK", [("Content-Length", "1"), ("content-length", "2")]',
                 "ValueError: Content-Length is there twice"),
                ('"200", []', "ValueError: the status must be three digits"),
                ('"20 OK", []', "ValueError: the status must be three digits"),
                ('"abc OK", []', "ValueError: the status must be three digits"),
                ("200, []", "TypeError: the status must be a str, not int"),
                ('b"200 OK", []', "TypeError: the status must be a str, not bytes"),
                ('"200 OK", {}', "TypeError: the headers must be a list, not dict"),
                ('"200 OK", [("X", 1)]', "TypeError: the value of the header X must be a str"),
                ('"200 OK", [("X", b"1")]', "TypeError: the value of the header X must be a str"),
                ('"200 OK", [("X", [])]', "TypeError: the value of the header X must be a str, not list"),
                ('"200 OK", [(b"X", "1")]', "TypeError: a header name must be a str, not bytes"),
                ('"200 OK", ["X: 1"]', "ValueError"),
        ):
            with self.subTest(arguments):
                self.assertTrue(self.exact(arguments).startswith(reason), self.exact(arguments))
        for _ in range(2):  # what has been found good is remembered
            self.assertEqual("accepted", self.exact('"200 OK", [("X", "")]'))

    def test_arguments_are_positional(self):
        self.assertIn("positional-only", self.get("/keywords").errors)

    def test_a_second_start_response_is_an_error(self):
        for path in "/twice", "/second-after-error":
            answer = self.get(path)
            self.assertEqual("500 Internal Server Error", answer.status)
            self.assertIn("start_response() was called twice, without exc_info", answer.errors)

    def test_with_exc_info_what_was_not_sent_is_replaced(self):
        answer = self.get("/changed-mind")
        self.assertEqual(("503 Later", b"sorry, really"), (answer.status, answer.body))
        self.assertNotIn("X-First", dict(answer.headers))

    def test_with_exc_info_what_was_sent_is_aborted(self):
        answer = self.client.get("/too-late")
        self.assertEqual((False, b"begun"), (answer.whole, answer.body))
        self.assertIn("KeyError: 'trouble'", answer.errors)

    def test_write(self):
        self.assertEqual(b"one two three", self.get("/write").body)

    def test_each_block_is_sent_and_empty_ones_are_not(self):
        self.client.send(request("/generator"))
        kinds = []
        while 1 not in self.client.ended:
            kind, _, content = self.client.next()
            kinds.append((kind, content.partition(b"\r\n\r\n")[2] or content))
        self.assertEqual([(6, b"one "), (6, b"two"), (6, b"")], kinds[:-1])

    def test_the_head_waits_for_the_first_block(self):
        answer = self.get("/fails-later")
        self.assertEqual("500 Internal Server Error", answer.status)

    def test_one_block_has_a_length(self):
        answer = self.get("/hello")
        self.assertEqual(("Content-Length", "5"), answer.headers[-1])
        self.assertEqual(("Content-Length", "4"), self.get("/blocks", QUERY_STRING="tuple").headers[-1])
        self.assertEqual(("Content-Length", "0"), self.get("/blocks", QUERY_STRING="empty").headers[-1])

    def test_a_small_response_is_one_send(self):
        self.client.send(request("/hello"))
        data = self.client.sock.recv(65536)
        self.assertTrue(data.endswith(b"\x01\x03\x00\x01\x00\x08\x00\x00" + bytes(8)), data)

    def test_a_block_larger_than_a_record(self):
        self.assertEqual(b"h" * 200000, self.get("/blocks", QUERY_STRING="huge").body)

    def test_what_is_no_bytes(self):
        for name, reason in (("str", "must be bytes, not str"),
                             ("bytearray", "must be bytes, not bytearray"),
                             ("bytes", "must be bytes, not int"),
                             ("none", "'NoneType' object is not iterable"),
                             ("int", "'int' object is not iterable")):
            answer = self.get("/blocks", QUERY_STRING=name)
            self.assertEqual("500 Internal Server Error", answer.status, name)
            self.assertIn(reason, answer.errors)

    def test_too_much_for_content_length_is_cut(self):
        answer = self.stream("200 OK", [["Content-Length", "5"]], "abc", "defg", "h")
        self.assertEqual((True, b"abcde"), (answer.whole, answer.body))
        self.assertEqual("the application gave more than its Content-Length: cut\n", answer.errors)
        self.assertEqual(["next", "next", "close"], self.events())

    def test_too_much_in_one_block_is_cut(self):
        answer = self.respond("200 OK", [["Content-Length", "2"]])
        self.assertEqual(b"bo", answer.body)
        self.assertIn("more than its Content-Length", answer.errors)

    def test_too_little_for_content_length_is_aborted(self):
        answer = self.stream("200 OK", [["Content-Length", "9"]], "abc", "d")
        self.assertEqual((False, b"abcd"), (answer.whole, answer.body))
        self.assertIn("5 bytes less than its Content-Length", answer.errors)
        self.reconnect()
        self.assertEqual(["next", "next", "close"], self.events())

    def test_too_little_in_one_block_is_aborted(self):
        query = '["200 OK", [["Content-Length", "9"]]]'
        answer = self.client.get("/respond", QUERY_STRING=query)
        self.assertEqual((False, b"body"), (answer.whole, answer.body))

    def test_head_has_the_length_and_no_body(self):
        answer = self.respond("200 OK", [["Content-Length", "4"]], REQUEST_METHOD="HEAD")
        self.assertEqual((b"", [("Content-Length", "4")]), (answer.body, answer.headers))
        answer = self.respond("200 OK", [], REQUEST_METHOD="HEAD")
        self.assertEqual((b"", []), (answer.body, answer.headers))
        answer = self.stream("200 OK", [["Content-Length", "400"]], "a", "b", REQUEST_METHOD="HEAD")
        self.assertEqual((True, b""), (answer.whole, answer.body))
        self.assertEqual(["next", "close"], self.events())
        self.assertEqual(b"", self.get("/fails", REQUEST_METHOD="HEAD").body)

    def test_304_has_the_length_and_no_body(self):
        answer = self.respond("304 Not Modified", [["Content-Length", "4"]])
        self.assertEqual((b"", [("Content-Length", "4")]), (answer.body, answer.headers))

    def test_204_and_1xx_have_neither(self):
        for status in "204 No Content", "103 Early":
            answer = self.respond(status, [["Content-Length", "4"], ["X", "y"]])
            self.assertEqual((b"", [("X", "y")]), (answer.body, answer.headers))

    def test_close_is_called_exactly_once(self):
        for path, events in (("/fails-between", ["next", "close"]), ("/fails-later", ["close"])):
            self.client.get(path)
            self.reconnect()
            self.assertEqual(events, self.events())

    def test_an_error_in_close_does_not_harm_the_response(self):
        answer = self.get("/fails-in-close")
        self.assertEqual(b"whole", answer.body)
        self.assertIn("RuntimeError: in close", answer.errors)
        self.assertEqual(["next", "close"], self.events())

    def test_an_error_before_the_head_is_a_500(self):
        answer = self.get("/fails")
        self.assertEqual(("500 Internal Server Error", b"Internal Server Error\n", 1),
                         (answer.status, answer.body, answer.app_status))
        self.assertTrue(answer.errors.startswith("Traceback (most recent call last):\n"))
        self.assertTrue(answer.errors.endswith("RuntimeError: at once\n"), answer.errors)
        self.assertNotIn("gatepool_wsgi.py", answer.errors)

    def test_an_error_after_the_head_is_visibly_truncated(self):
        answer = self.client.get("/fails-between")
        self.assertEqual((False, b"begun"), (answer.whole, answer.body))
        self.assertIn("RuntimeError: after the first block", answer.errors)
        self.assertTrue(self.client.is_closed())

    def test_no_start_response_is_a_500(self):
        answer = self.get("/silent")
        self.assertEqual("500 Internal Server Error", answer.status)
        self.assertIn("start_response() was not called", answer.errors)

    def test_file_wrapper(self):
        with tempfile.NamedTemporaryFile() as file:
            content = os.urandom(300000)
            file.write(content)
            file.flush()
            for position, length, expected in ((0, None, content), (1000, None, content[1000:]),
                                               (1000, 5, content[1000:1005]),
                                               (10, 200000, content[10:200010])):
                query = json.dumps([file.name, position, 4096, length])
                answer = self.get("/file", QUERY_STRING=query)
                self.assertEqual((expected, ""), (answer.body, answer.errors))

    def test_file_wrapper_needs_read_only_and_closes(self):
        self.assertEqual(b"x" * 100000, self.get("/file-like").body)
        self.assertEqual(["close"], self.events())

    def test_errors_come_in_lines(self):
        self.client.send(request("/complains"))
        lines = []
        while 1 not in self.client.ended:
            kind, _, content = self.client.next()
            if kind == 7 and content:
                lines.append(content.decode())
        self.assertEqual(["half a line\n", "and another\n",
                          "an open end \u20ac \\udcffthrough sys.stderr\n"], lines)

    def test_without_complaint_there_is_no_stderr(self):
        self.client.send(request("/hello"))
        kinds = [self.client.next()[0] for _ in range(3)]
        self.assertEqual([6, 6, 3], kinds)

    def test_an_abort_before_the_request_began_drops_it(self):
        self.client.send(begin(), record(ABORT_REQUEST))
        answer = self.client.answer()
        self.assertEqual((True, None, 0), (answer.whole, answer.status, answer.protocol_status))
        self.assertEqual(b"hello", self.get("/hello").body)

    def test_an_abort_ends_a_response_that_streams(self):
        self.client.send(begin(), params("/endless"))
        self.client.next()
        self.client.send(record(ABORT_REQUEST))
        self.end_of_aborted()
        self.assertEqual(["closed"], self.events())

    def test_an_abort_ends_a_read(self):
        self.client.send(begin(), params("/swallows", CONTENT_LENGTH="10"), record(STDIN, 1, b"1"))
        self.client.next()
        self.client.send(record(ABORT_REQUEST))
        self.end_of_aborted()
        self.assertEqual(["Disconnected"] * 3, self.events())

    def end_of_aborted(self):
        """It ends without the end of its streams: nobody reads them."""
        while 1 not in self.client.ended:
            self.client.next()
        self.client.streams.clear()
        self.client.ended.clear()

    def test_a_client_that_leaves_ends_a_response(self):
        self.client.send(request("/endless"))
        self.client.next()
        self.client.sock.close()
        self.reconnect()
        self.assertEqual(["closed"], self.events())


class ValidatorTest(unittest.TestCase):
    """Strangers' opinions on what an application is given and how it is treated."""

    SOURCE = """
import sys
sys.path.insert(0, %r)
import application as routes
%%s
""" % HERE

    def check(self, wrapper, names):
        files = {"checked.py": self.SOURCE % wrapper}
        with Worker("checked", files=files) as worker:
            with worker.connect() as client:
                for name, values in names:
                    answer = client.get("/" + name, **values)
                    self.assertTrue(answer.whole, (name, answer))
                    self.assertEqual("200 OK", answer.status, (name, answer.errors))
                    self.assertNotIn("Traceback", answer.errors, name)
                    self.assertNotIn("Warning", answer.errors, name)

    REQUESTS = (
        ("everything", {}),
        ("everything", {"body": b"one\ntwo\nthree\nfour\nfive\n" * 10}),
        ("hello", {"SCRIPT_NAME": "/mounted"}),
        ("hello", {"HTTPS": "on", "CONTENT_LENGTH": "", "CONTENT_TYPE": ""}),
        ("hello", {"HTTP_CONTENT_TYPE": "x", "SERVER_NAME": ""}),
        ("generator", {}),
        ("write", {}),
    )

    def test_wsgiref_validate(self):
        self.check("from wsgiref.validate import validator\n"
                   "application = validator(routes.application)", self.REQUESTS)

    def test_werkzeug_lint(self):
        try:
            import werkzeug.middleware.lint  # noqa: F401
        except ImportError:
            self.skipTest("werkzeug is not installed (Debian: python3-werkzeug)")
        self.check("import warnings\n"
                   "from werkzeug.middleware.lint import LintMiddleware\n"
                   "warnings.simplefilter('error')\n"
                   "application = LintMiddleware(routes.application)",
                   [(name, values) for name, values in self.REQUESTS
                    if name != "everything"])  # read() without a size is a warning there


if __name__ == "__main__":
    unittest.main()
