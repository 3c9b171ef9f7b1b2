"""What the samples answer. Run with: python3 -m unittest (in this directory)"""

import hashlib
import importlib
import io
import re
import unittest
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator


def call(app, path="/", body=b"", **values):
    """(status, headers, body): what a server would do."""
    environ = {"SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "",
               "wsgi.input": io.BytesIO(body), **values}
    if body:
        environ.update(REQUEST_METHOD="POST", CONTENT_LENGTH=str(len(body)))
    setup_testing_defaults(environ)
    begun = []
    result = validator(app)(environ, lambda *args: begun.append(args[:2]) or (lambda data: None))
    try:
        blocks = list(result)
    finally:
        result.close()
    status, headers = begun[0]
    return status, dict(headers), b"".join(blocks)


class Samples(unittest.TestCase):
    def app(self, name, package=""):
        try:
            return importlib.import_module(name).app
        except ModuleNotFoundError as error:
            if error.name == package:
                self.skipTest("%s is not installed (Debian: python3-%s)" % (package, package))
            raise

    def check_clock(self, name, package=""):
        app = self.app(name, package)
        status, headers, page = call(app)
        self.assertEqual(("200 OK", "text/html; charset=utf-8"), (status, headers["Content-Type"]))
        self.assertRegex(page.decode(), r"<h1>\d\d:\d\d:\d\d</h1>\n<p>says process \d+")
        status, headers, text = call(app, "/plain")
        self.assertEqual(("200 OK", "text/plain; charset=utf-8"), (status, headers["Content-Type"]))
        self.assertTrue(re.fullmatch(rb"\d\d:\d\d:\d\d\n", text), text)
        status, headers, text = call(app, "/else")
        self.assertEqual(("404", b"There is no such page.\n"), (status[:3], text))

    def test_hello(self):
        self.assertEqual(("200 OK", {"Content-Type": "text/plain"}, b"Hello, world\n"),
                         call(self.app("hello")))

    def test_clock_raw(self):
        self.check_clock("clock_raw")

    def test_clock_werkzeug(self):
        self.check_clock("clock_werkzeug", "werkzeug")

    def test_clock_flask(self):
        self.check_clock("clock_flask", "flask")

    def test_clock_django(self):
        self.check_clock("clock_django", "django")

    def test_middleware(self):
        self.check_clock("middleware")
        self.assertGreaterEqual(float(call(self.app("middleware"))[1]["X-Seconds"]), 0)

    def test_streaming(self):
        _, _, body = call(self.app("streaming"), QUERY_STRING="lines=1")
        self.assertEqual(b"line 1 of 1\n", body)

    def test_upload(self):
        body = b"0123456789" * 20000
        self.assertEqual("%s  200000 bytes\n" % hashlib.sha256(body).hexdigest(),
                         call(self.app("upload"), body=body)[2].decode())


if __name__ == "__main__":
    unittest.main()
