#!/usr/bin/env python3
"""A FastCGI application for the integration tests: it behaves, or misbehaves, as the path asks.

The last segment of the path names the behaviour; ?do=NAME overrides it. See the functions below.
"""

import hashlib
import os
import signal
import sys
import time
from urllib.parse import parse_qs

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "..", "examples", "apps", "fastcgi"))
from fastcgi import serve

PLAIN = b"Content-Type: text/plain\r\n\r\n"
BINARY = b"Content-Type: application/octet-stream\r\n\r\n"
PATTERN = bytes(n % 251 for n in range(251 * 256))  # byte n of a /size response is n % 251

answered = 0


def body(request):
    return iter(request.read, b"")


def echo(request, query):
    """The body back, each piece while the next is still on its way."""
    request.write(BINARY)
    for piece in body(request):
        request.write(piece)


def early(request, query):
    """The whole response first; only then reads the body."""
    request.write(PLAIN + b"answered early\n")
    request.connection.flush()
    for _ in body(request):
        pass


def ignore(request, query):
    """A response that never reads the body: the request ends before its STDIN does."""
    request.write(PLAIN + b"body ignored\n")


def sha(request, query):
    """SHA-256 and length of the body, and the CONTENT_LENGTH that was announced."""
    digest, size = hashlib.sha256(), 0
    for piece in body(request):
        digest.update(piece)
        size += len(piece)
    announced = request.environ.get("CONTENT_LENGTH", "absent")
    request.write(PLAIN + ("%s %d %s\n" % (digest.hexdigest(), size, announced)).encode())


def size(request, query):
    """?n= bytes; byte number i is i % 251."""
    left = int(query.get("n", "0"))
    request.write(BINARY)
    while left > 0:
        request.write(PATTERN[:left])
        left -= len(PATTERN)


def sleep(request, query):
    """Waits ?s= seconds, then answers; with ?head first sends the header lines."""
    if "head" in query:
        request.write(PLAIN)
        request.connection.flush()
    time.sleep(float(query.get("s", "1")))
    request.write((b"" if "head" in query else PLAIN) + b"slept\n")


def hold(request, query):
    """Makes the file ?f=, and answers once somebody has removed it; with ?head head and a line come before."""
    if "head" in query:
        request.write(PLAIN + b"begun\n")
        request.connection.flush()
    open(query["f"], "w").close()
    while os.path.exists(query["f"]):
        time.sleep(0.002)
    request.write((b"" if "head" in query else PLAIN) + b"let go\n")


def raw(request, query):
    """Writes ?out= as it is, head and all."""
    request.write(query["out"].encode("latin-1"))


def stderr(request, query):
    """Lines to STDERR before, between and after the bytes of the header, each sent at once."""
    steps = [(request.error, b"first line\n"), (request.write, b"Content-Ty"),
             (request.error, b"second "), (request.write, b"pe: text/plain\r"),
             (request.error, b"line\n"), (request.write, b"\n\r\nbody\n"),
             (request.error, b"last line without an end")]
    for write, data in steps:
        write(data)
        request.connection.flush()


def die(request, query):
    """Kills itself: ?when=before the header lines, or after them and a part of the body."""
    if query.get("when") == "after":
        request.write(PLAIN + b"part of the body\n")
        request.connection.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def exit_(request, query):
    """Exits with ?status= without an answer."""
    sys.exit(int(query.get("status", "0")))


def nohead(request, query):
    """A body without header lines."""
    request.write(b"<html>\n<p>this is no header block\n")


def close(request, query):
    """Answers, but closes a connection that it was asked to keep."""
    request.keep = False
    pid(request, query)


def env(request, query):
    """The request's parameters, sorted."""
    request.write(PLAIN)
    for name, value in sorted(request.environ.items()):
        request.write(("%s=%s\n" % (name, value)).encode("latin-1"))


def pid(request, query):
    """Process id, parent process id, and how many requests this process has answered."""
    text = "pid %d\nppid %d\ncount %d\n" % (os.getpid(), os.getppid(), answered)
    request.write(PLAIN + text.encode())


BEHAVIOURS = {
    "echo": echo, "early": early, "ignore": ignore, "sha": sha, "size": size, "sleep": sleep,
    "hold": hold, "raw": raw, "stderr": stderr, "die": die, "exit": exit_, "nohead": nohead, "close": close, "env": env,
    "pid": pid,
}


def behave(request):
    global answered
    answered += 1
    environ = request.environ
    query = {name: values[0] for name, values in
             parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True,
                                                encoding="latin-1").items()}
    path = environ.get("PATH_INFO") or environ.get("SCRIPT_NAME", "")
    name = query.get("do") or path.rstrip("/").rpartition("/")[2]
    BEHAVIOURS.get(name, pid)(request, query)


serve(behave)
