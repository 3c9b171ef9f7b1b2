"""The application of the request suite that runs behind every web server: once as a CGI script
(cgi/suite.cgi), once over FastCGI (suite_fastcgi.py), once as WSGI (suite_wsgi.py).

respond() is all three of them; what comes first in PATH_INFO says what it does.
"""

import hashlib
import os
import signal
import time
from urllib.parse import parse_qs

PLAIN = ("Content-Type", "text/plain")
AT_ONCE = [PLAIN, ("X-Accel-Buffering", "no")]  # nginx gathers a response otherwise


def respond(environ, read):
    """Returns status, header fields and pieces of the body; read(n) gives what comes of the request's."""
    query = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    name = environ.get("PATH_INFO", "").split("/")[1:2]
    if name == ["env"]:
        return "200 OK", [PLAIN], env(environ)
    if name == ["ok"]:
        return "200 OK", [PLAIN], [b"ok\n"]
    if name == ["echo"]:
        return "200 OK", [("Content-Type", "application/octet-stream")], iter(lambda: read(65536), b"")
    if name == ["sha"]:
        return "200 OK", [PLAIN], sha(environ, read)
    if name == ["size"]:
        return "200 OK", [PLAIN], pattern(int(query["n"]))
    if name == ["status"]:
        return query["code"] + " As You Asked", [PLAIN], [] if query["code"] in ("204", "304") else [b"asked\n"]
    if name == ["redirect"]:
        return None, [("Location", query["to"])], []
    if name == ["steps"]:
        return "200 OK", AT_ONCE, steps(query["file"])
    if name == ["drip"]:
        return "200 OK", AT_ONCE, drip(query["file"])
    if name == ["silent"]:
        return "200 OK", AT_ONCE, silent(query["file"])
    if name == ["die"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return "404 Not Found", [PLAIN], [b"no such thing\n"]


def env(environ):
    for name, value in sorted(environ.items()):
        if isinstance(value, str):
            yield ("%s=%s\n" % (name, value)).encode("latin-1")


def sha(environ, read):
    """SHA-256 and length of the body, and the CONTENT_LENGTH that was announced."""
    digest, size = hashlib.sha256(), 0
    for piece in iter(lambda: read(65536), b""):
        digest.update(piece)
        size += len(piece)
    yield b"%s %d %s\n" % (digest.hexdigest().encode(), size, environ.get("CONTENT_LENGTH", "absent").encode())


def pattern(left):
    """Byte number i is i % 251."""
    block = bytes(n % 251 for n in range(251 * 256))
    while left > 0:
        yield block[:left]
        left -= len(block)


def steps(file):
    """A line; the second one when somebody has made the file."""
    yield b"first\n"
    while not os.path.exists(file):
        time.sleep(0.002)
    yield b"second\n"


def drip(file):
    """A line every few milliseconds until nobody wants them; then makes the file."""
    try:
        yield b"begun\n"
        while True:
            time.sleep(0.01)
            yield b"on\n"
    finally:
        open(file, "w").close()


def silent(file):
    """A line, and no other; makes the file when it is ended."""
    try:
        yield b"begun\n"
        time.sleep(600)
    finally:
        open(file, "w").close()
