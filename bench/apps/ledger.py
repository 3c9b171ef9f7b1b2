#!/usr/bin/python3
"""A FastCGI application that keeps a book: a POST appends its body, a line, to the file of the first argument."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../examples/apps/fastcgi"))
from fastcgi import serve

book = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def answer(request):
    if request.environ.get("REQUEST_METHOD") == "POST":
        body = b"".join(iter(request.read, b""))
        os.write(book, body + b"\n")
    request.write(b"Content-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n")


serve(answer)
