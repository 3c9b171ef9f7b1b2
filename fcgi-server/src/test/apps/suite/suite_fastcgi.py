#!/usr/bin/env python3
"""The request suite's application over FastCGI."""

import os
import select
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "..", "..", "..", "examples", "apps", "fastcgi")]
sys.dont_write_bytecode = True
from fastcgi import serve
from suite import respond


def answer(request):
    if request.environ.get("CONTENT_LENGTH", "0") in ("", "0"):
        request.read()  # the end of STDIN, so that an ABORT_REQUEST is the next record
    status, fields, pieces = respond(request.environ, lambda most: request.read())
    head = "Status: %s\r\n" % status if status else ""
    request.write((head + "".join("%s: %s\r\n" % field for field in fields) + "\r\n").encode("latin-1"))
    pieces = iter(pieces)
    try:
        for piece in pieces:
            request.write(piece)
            request.connection.flush()
            # Only ABORT_REQUEST can come in the middle of an answer (FastCGI 5.4): receive() raises Aborted.
            while request.body_ended and select.select([request.connection.sock], [], [], 0)[0]:
                request.receive()
    finally:
        getattr(pieces, "close", lambda: None)()


serve(answer)
