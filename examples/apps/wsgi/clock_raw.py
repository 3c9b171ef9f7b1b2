"""What time is it? In plain WSGI: nothing between the application and PEP 3333.

/ is a page, /plain is a line of text, everything else is not there. The same four lines of
behaviour are in clock_werkzeug.py, clock_flask.py and clock_django.py.
"""

import os
import time

PAGE = "<!DOCTYPE html>\n<title>clock</title>\n<h1>%s</h1>\n<p>says process %d, in plain WSGI\n"


def app(environ, start_response):
    now = time.strftime("%H:%M:%S")
    path = environ["PATH_INFO"]
    if path in ("", "/"):
        status, kind, text = "200 OK", "text/html", PAGE % (now, os.getpid())
    elif path == "/plain":
        status, kind, text = "200 OK", "text/plain", now + "\n"
    else:
        status, kind, text = "404 Not Found", "text/plain", "There is no such page.\n"
    start_response(status, [("Content-Type", kind + "; charset=utf-8")])
    return [text.encode()]
