"""A WSGI application that says who is asked and what for; ?ms= makes it wait so long before and within its answer."""

import os
import time
from urllib.parse import parse_qs


def app(environ, start_response):
    query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    time.sleep(float(query.get("ms", "0")) / 1000)
    start_response("200 OK", [("Content-Type", "text/plain")])
    text = "key %s\npid %d\nbody %d\n" % (query.get("key", "-"), os.getpid(), len(environ["wsgi.input"].read()))
    yield text[: len(text) // 2].encode()
    if "ms" in query:
        time.sleep(float(query["ms"]) / 1000)
    yield text[len(text) // 2 :].encode()
