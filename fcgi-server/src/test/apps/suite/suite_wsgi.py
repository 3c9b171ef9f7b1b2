"""The request suite's application as WSGI."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from suite import respond


def app(environ, start_response):
    status, fields, pieces = respond(environ, environ["wsgi.input"].read)
    start_response(status or "302 Found", fields)
    return pieces
