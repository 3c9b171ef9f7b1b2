"""The applications of all.py: one that does nothing, and one that computes."""

import time

HEADERS = [("Content-Type", "text/plain"), ("Content-Length", "6")]


def app(environ, start_response):
    start_response("200 OK", list(HEADERS))
    return [b"hello\n"]


def work(environ, start_response):
    """5 ms of this thread's own CPU time, however many others there are."""
    end = time.thread_time() + 0.005
    while time.thread_time() < end:
        pass
    return app(environ, start_response)
