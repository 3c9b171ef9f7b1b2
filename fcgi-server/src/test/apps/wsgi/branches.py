"""A WSGI application that goes every way there is through PEP 3333, one path for each.

"validated" is it behind wsgiref.validate, "linted" behind Werkzeug's LintMiddleware, both of which
look at what the server does as well; what they only warn of is an error here. /counts tells how
often an iterable was handed out, closed, and closed once more.
"""

import hashlib
import sys
import tempfile
import time
import warnings
from wsgiref.validate import validator

from werkzeug.middleware.lint import LintMiddleware

warnings.simplefilter("error")

PLAIN = ("Content-Type", "text/plain")
COUNTS = {"opened": 0, "closed": 0, "again": 0}


class Body:
    """An iterable that counts the calls of its close()."""

    def __init__(self, blocks):
        self.blocks, self.open = iter(blocks), True
        COUNTS["opened"] += 1

    def __iter__(self):
        return self.blocks

    def close(self):
        COUNTS["closed" if self.open else "again"] += 1
        self.open = False
        getattr(self.blocks, "close", lambda: None)()


def app(environ, start_response):
    page = PAGES.get(environ["PATH_INFO"])
    if not page:
        start_response("404 Not Found", [PLAIN])
        return Body([b"no such branch\n"])
    return page(environ, start_response)


def counts(environ, start_response):
    start_response("200 OK", [PLAIN])
    return ["".join("%s %d\n" % item for item in sorted(COUNTS.items())).encode()]


def paths(environ, start_response):
    start_response("200 OK", [PLAIN])
    names = "SCRIPT_NAME", "PATH_INFO", "wsgi.url_scheme", "SERVER_PROTOCOL"
    return Body(["".join("%s %s\n" % (name, environ[name]) for name in names).encode()])


def write(environ, start_response):
    out = start_response("200 OK", [PLAIN])
    out(b"written, ")
    out(b"written again, ")
    return Body([b"and yielded\n"])


def exc_info(environ, start_response):
    start_response("200 OK", [PLAIN])
    try:
        raise KeyError("in the middle")
    except KeyError:
        start_response("503 Not Today", [PLAIN, ("X-Reason", "exc_info")], sys.exc_info())
    return Body([b"replaced\n"])


def late_exc_info(environ, start_response):
    def blocks():
        yield b"x" * 100000
        try:
            raise KeyError("after the head has gone")
        except KeyError:
            start_response("503 Not Today", [PLAIN], sys.exc_info())
        yield b"never"

    start_response("200 OK", [PLAIN])
    return Body(blocks())


def fails(environ, start_response):
    raise RuntimeError("nothing was begun")


def generator(environ, start_response):
    start_response("200 OK", [PLAIN])
    return Body(b"%d\n" % number for number in range(1000))


def empty(environ, start_response):
    start_response("200 OK", [PLAIN])
    return Body([b"", b"one", b"", b"", b" two", b"\n", b""])


def nothing(environ, start_response):
    start_response("200 OK", [PLAIN, ("Content-Length", "0")])
    return Body([])


def file(environ, start_response):
    content = tempfile.TemporaryFile()
    content.write(b"not this: but this, " * 10000)
    content.seek(len("not this: "))
    start_response("200 OK", [PLAIN, ("Content-Length", "8")])
    # Lint's own wrapper insists on exactly so much; the server's stops there by itself.
    wrapper = environ["wsgi.file_wrapper"]
    if wrapper.__module__.startswith("werkzeug"):
        with content:
            return Body([content.read(8)])
    return wrapper(content)


def length(environ, start_response):
    start_response("200 OK", [PLAIN, ("Content-Length", "10")])
    return Body([b"ten bytes\n"])


def no_content(environ, start_response):
    start_response("204 No Content", [("Content-Length", "0")])
    return Body([])


def not_modified(environ, start_response):
    start_response("304 Not Modified", [("ETag", '"same"')])
    return Body([])


def headers(environ, start_response):
    start_response("299 As It Is", [
        PLAIN, ("Set-Cookie", "a=1"), ("X-Between", "\xe9"), ("Set-Cookie", "b=2")])
    return Body([b"headers\n"])


def digest(environ, start_response):
    total, size, body = hashlib.sha256(), 0, environ["wsgi.input"]
    while True:
        piece = body.read(65536)
        if not piece:
            break
        total.update(piece)
        size += len(piece)
    start_response("200 OK", [PLAIN])
    return Body([b"%s %d\n" % (total.hexdigest().encode(), size)])


def lines(environ, start_response):
    body = environ["wsgi.input"]
    parts = [body.read(4), next(iter(body), b"-"), b"|"]
    if hasattr(body, "readlines"):  # which lint hides
        parts += [body.readline(4), b"|", body.readline(100), b"|"] + body.readlines(1)
    parts += [b"|", body.read(100), b"|", body.read(100)]
    start_response("200 OK", [PLAIN])
    return Body([b"".join(parts)])


def unread(environ, start_response):
    start_response("200 OK", [PLAIN])
    return Body([b"not read\n"])


def endless(environ, start_response):
    def blocks():
        while True:
            yield b"x" * 65536

    start_response("200 OK", [PLAIN])
    return Body(blocks())


def slowly(environ, start_response):
    def blocks():
        while True:
            yield b"tick\n"
            time.sleep(0.02)

    start_response("200 OK", [PLAIN])
    return Body(blocks())


PAGES = {
    "/counts": counts, "/paths": paths, "/write": write, "/exc_info": exc_info,
    "/late_exc_info": late_exc_info, "/fails": fails, "/generator": generator, "/empty": empty,
    "/nothing": nothing, "/file": file, "/length": length, "/no_content": no_content,
    "/not_modified": not_modified, "/headers": headers, "/digest": digest, "/lines": lines,
    "/unread": unread, "/endless": endless, "/slowly": slowly,
}

validated = validator(app)
linted = LintMiddleware(app)
