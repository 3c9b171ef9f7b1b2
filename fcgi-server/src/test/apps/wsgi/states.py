"""What a worker gets into: hangs, threads that wait for each other, lines on stderr, memory."""

import os
import sys
import threading
import time
from urllib.parse import parse_qs

BARRIER = threading.Barrier(4)


def hang_here():
    while True:
        time.sleep(1000)


def side_by_side():
    """Returns only when four requests are in it at the same time."""
    BARRIER.wait(20)
    return "passed with %d\n" % threading.active_count()


def complain(query):
    print("printed about %s" % query["word"][0])
    print("first line about %s\nand a second" % query["word"][0], file=sys.stderr)
    return "complained\n"


class ClosesWhen:
    """A response that is all there, and whose close() returns when a file appears."""

    def __init__(self, file):
        self.file = file

    def __iter__(self):
        yield b"all of it\n"

    def close(self):
        while not os.path.exists(self.file):
            time.sleep(0.01)


def app(environ, start_response):
    path, query = environ["PATH_INFO"], parse_qs(environ["QUERY_STRING"])
    text = "pid %d\n" % os.getpid()
    if path == "/hang":
        hang_here()
    elif path == "/closes":
        start_response("200 OK", [("Content-Length", "10")])
        return ClosesWhen(query["when"][0])
    elif path == "/side":
        text += side_by_side()
    elif path == "/complain":
        text += complain(query)
    elif path == "/environ":
        text += "".join("%s=%s\n" % item for item in sorted(os.environ.items()))
    elif path == "/flags":
        for name in "wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once":
            text += "%s %s\n" % (name, environ[name])
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [text.encode()]
