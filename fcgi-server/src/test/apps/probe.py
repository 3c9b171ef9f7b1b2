"""A WSGI application for the tests of web servers: it does what the last segment of the path says."""

import os
import time
from urllib.parse import parse_qs


def app(environ, start_response):
    query = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    name = environ["PATH_INFO"].rstrip("/").rpartition("/")[2]
    if name == "echo":
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return iter(lambda: environ["wsgi.input"].read(65536), b"")
    if name == "hold":
        return hold(query, start_response)
    if name == "nothing":
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"nothing\n"]
    start_response("200 OK", [("Content-Type", "text/plain")])
    lines = ["%s=%s\n" % (name, value) for name, value in sorted(environ.items()) if isinstance(value, str)]
    return ["".join(lines).encode("latin-1")]


def hold(query, start_response):
    """A line, then makes the file ?f=, and goes on when somebody has removed it, or the client has left."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Accel-Buffering", "no")])
    yield b"begun\n"
    open(query["f"], "w").close()
    while os.path.exists(query["f"]):
        time.sleep(0.002)
    yield b"let go\n"
