#!/usr/bin/env python3
"""The request suite's application as a CGI script."""

import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
from suite import respond

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # what a script is sent whose client has left

environ = {name.decode("latin-1"): value.decode("latin-1") for name, value in os.environb.items()}
left = int(environ.get("CONTENT_LENGTH") or 0)


def read(most):
    global left
    piece = os.read(0, min(most, left))
    left -= len(piece)
    return piece


def write(data):
    while data:
        data = data[os.write(1, data) :]


status, fields, pieces = respond(environ, read)
head = "Status: %s\r\n" % status if status else ""
write((head + "".join("%s: %s\r\n" % field for field in fields) + "\r\n").encode("latin-1"))
pieces = iter(pieces)
try:
    for piece in pieces:
        write(piece)
finally:
    getattr(pieces, "close", lambda: None)()
