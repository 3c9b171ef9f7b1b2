"""What time is it? With Werkzeug: WSGI's dict and callable as a request and a response.

Debian: python3-werkzeug.
"""

import os
import time

from werkzeug.wrappers import Request, Response

PAGE = "<!DOCTYPE html>\n<title>clock</title>\n<h1>%s</h1>\n<p>says process %d, with Werkzeug\n"


@Request.application
def app(request):
    now = time.strftime("%H:%M:%S")
    if request.path == "/":
        return Response(PAGE % (now, os.getpid()), content_type="text/html; charset=utf-8")
    if request.path == "/plain":
        return Response(now + "\n", content_type="text/plain; charset=utf-8")
    return Response("There is no such page.\n", 404, content_type="text/plain; charset=utf-8")
