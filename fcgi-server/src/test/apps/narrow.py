#!/usr/bin/env python3
"""A FastCGI application with next to no backlog: one connection may wait beside the one that it
answers, a third is refused with EAGAIN.

With ?f=FILE it makes the file, and answers once somebody has removed it.
"""

import os
import socket
import sys
import time
from urllib.parse import parse_qs

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "..", "examples", "apps", "fastcgi"))
from fastcgi import serve


def behave(request):
    request.keep = False
    held = parse_qs(request.environ.get("QUERY_STRING", "")).get("f", [""])[0]
    if held:
        open(held, "w").close()
        while os.path.exists(held):
            time.sleep(0.002)
    request.write(b"Content-Type: text/plain\r\n\r\npid %d\n" % os.getpid())


socket.socket(fileno=os.dup(0)).listen(0)
serve(behave)
