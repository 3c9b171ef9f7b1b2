"""A response that is made while it is sent: a generator. Each block leaves at once.

curl -N URL shows a line a second, ?lines=3 so many of them. When the client leaves, the generator
is closed, and `finally` cleans up.
"""

import sys
import time
from urllib.parse import parse_qs


def app(environ, start_response):
    query = parse_qs(environ["QUERY_STRING"])
    lines = int(query.get("lines", ["10"])[0])
    start_response("200 OK", [("Content-Type", "text/plain")])
    number = 0
    try:
        for number in range(1, lines + 1):
            yield b"line %d of %d\n" % (number, lines)
            if number < lines:
                time.sleep(1)
    finally:
        print("streaming.py: %d of %d lines were sent" % (number, lines), file=sys.stderr)
