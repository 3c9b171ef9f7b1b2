#!/usr/bin/env python3
"""An SCGI application on descriptor 0, to misbehave in every way there is.

The last segment of a request's path says what it does (see ANSWERS). It serves one connection after the
other. Lines on stderr begin with "raw:", so that a test can wait for them.
"""

import hashlib
import os
import signal
import socket
import sys
import time
from urllib.parse import parse_qs

PLAIN = b"Content-Type: text/plain\r\n\r\n"


def say(text):
    sys.stderr.write("raw: %s\n" % text)
    sys.stderr.flush()


class Request:
    """Of one connection: the variables in their order. The body is read when somebody wants it."""

    def __init__(self, sock):
        self.sock = sock
        self.file = sock.makefile("rb")
        size = b""
        for byte in iter(lambda: self.file.read(1), b":"):
            if not byte:
                raise EOFError
            size += byte
        head = self.file.read(int(size))
        assert self.file.read(1) == b","
        words = head.decode("latin-1").split("\0")
        assert words.pop() == ""
        self.pairs = list(zip(words[0::2], words[1::2]))
        self.variables = dict(self.pairs)
        query = parse_qs(self.variables.get("QUERY_STRING", ""), keep_blank_values=True)
        self.query = {name: values[0] for name, values in query.items()}

    def body(self):
        return self.file.read(int(self.variables["CONTENT_LENGTH"]))

    def send(self, data):
        self.sock.sendall(data)

    def first(self):
        """Whether ?once=FILE is not there yet; then it is from now on. True without ?once."""
        try:
            os.close(os.open(self.query["once"], os.O_CREAT | os.O_EXCL))
        except KeyError:
            return True
        except FileExistsError:
            return False
        return True

    def honest(self):
        self.send(PLAIN + b"pid %d\n" % os.getpid())


def info(request):
    """What came, in the order in which it came."""
    body = request.body()
    text = "".join("%s=%s\n" % pair for pair in request.pairs)
    request.send(PLAIN + b"pid %d\nbody %d %s\n" % (os.getpid(), len(body), hashlib.md5(body).hexdigest().encode())
                 + text.encode("latin-1"))


def echo(request):
    request.send(b"Content-Type: application/octet-stream\r\n\r\n" + request.body())


def status(request):
    request.send(b"Status: %s\r\n" % request.query["is"].encode() + PLAIN + b"that is it\n")


def redirect(request):
    request.send(b"Location: http://example.org/there\r\n\r\n")


def length(request):
    """A Content-Length of ?says= bytes, of which ?are= come."""
    request.body()
    request.send(b"Content-Length: %d\r\n" % int(request.query["says"]) + PLAIN + b"x" * int(request.query["are"]))


def nothing(request):
    """No answer; ?once=FILE: only the first time."""
    request.body()
    if not request.first():
        request.honest()


def garbage(request):
    request.body()
    request.send(b"<html>\n<p>this is no header</p>\n\n")


def inhead(request):
    """Ends in the middle of the head."""
    request.body()
    request.send(b"Content-Type: te")


def ends(request):
    """Some body of no known length, and then its own end: by ?how=KILL, 0, 1 or a close (no more)."""
    request.body()
    how = request.query["how"]
    request.send(PLAIN + b"some of it\n")
    if how == "KILL":
        os.kill(os.getpid(), signal.SIGKILL)
    elif how in "01":
        os._exit(int(how))


def die(request):
    """Dies before it has answered; ?once=FILE: only the first time."""
    request.body()
    if request.first():
        os.kill(os.getpid(), signal.SIGKILL)
    request.honest()


def early(request):
    """Answers, and closes without having read any of the body."""
    request.honest()


def late(request):
    """Answers before it has read the body, and reads it then."""
    request.honest()
    say("read %d" % len(request.body()))


def hang(request):
    """Does not read what comes, nor answers."""
    say("hangs")
    time.sleep(300)


def keeps(request):
    """A whole answer of a known length; the connection stays open as long as there is the file ?f=."""
    request.send(b"Content-Length: 5\r\n" + PLAIN + b"whole")
    while os.path.exists(request.query["f"]):
        time.sleep(0.002)


def hold(request):
    """Makes the file ?f=, and answers when it is gone."""
    request.body()
    open(request.query["f"], "w").close()
    while os.path.exists(request.query["f"]):
        time.sleep(0.002)
    request.send(PLAIN + b"let go\n")


def stream(request):
    """A line after the other until nobody reads them."""
    request.send(b"X-Accel-Buffering: no\r\n" + PLAIN)
    try:
        while True:
            request.send(b"line\n")
            time.sleep(0.002)
    except BrokenPipeError:
        say("nobody reads")


ANSWERS = {f.__name__: f for f in (
    info, echo, status, redirect, length, nothing, garbage, inhead, ends, die, early, late, hang, keeps, hold, stream)}

if len(sys.argv) > 1 and not os.path.exists(sys.argv[1]):
    sys.stderr.write("ImportError: no module named shop\n")
    sys.exit(3)

listener = socket.socket(fileno=0)
while True:
    sock, _ = listener.accept()
    try:
        request = Request(sock)
        path = request.variables["SCRIPT_NAME"] + request.variables["PATH_INFO"]
        ANSWERS.get(path.rpartition("/")[2], info)(request)
    except EOFError:
        say("no request")
    except OSError as e:
        say("lost: %s" % e)
    if "request" in globals():
        request.file.close()
        del request
    sock.close()
