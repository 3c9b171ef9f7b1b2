"""Middleware is an application to the server, and a server to the application inside it.

This one counts the seconds: each response says how long it took to begin.
"""

import time

from clock_raw import app as clock


class Timed:
    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        began = time.monotonic()

        def start_timed(status, headers, exc_info=None):
            took = "%.6f" % (time.monotonic() - began)
            return start_response(status, headers + [("X-Seconds", took)], exc_info)

        return self.application(environ, start_timed)


app = Timed(clock)
