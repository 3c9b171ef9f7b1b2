#!/usr/bin/env python3
"""Sends the request body back, each piece as soon as it is here.

nginx sends no more of a body once a response begins: gatepool gathers the body first, so that this
works behind it; with fcgiwrap it stops after what nginx had sent by then.
"""

import os

kind = os.environb.get(b"CONTENT_TYPE") or b"application/octet-stream"
os.write(1, b"Content-Type: " + kind + b"\r\n\r\n")

# RFC 3875, 4.2: a script must not read more than CONTENT_LENGTH; end of file may never come.
left = int(os.environ.get("CONTENT_LENGTH") or 0)
while left > 0:
    piece = os.read(0, min(left, 65536))
    if not piece:
        break
    left -= len(piece)
    while piece:
        piece = piece[os.write(1, piece) :]
