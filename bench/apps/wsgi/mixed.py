"""The WSGI application of bench/mixed.py: / does nothing, /slow takes 100 ms in which it computes nothing."""

import time


def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(0.1)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "6")])
    return [b"hello\n"]
