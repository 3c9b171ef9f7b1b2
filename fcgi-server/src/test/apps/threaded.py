#!/usr/bin/env python3
"""A FastCGI responder with a thread for each connection: /meet?N answers when N requests are there at once."""

import os
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "..", "examples", "apps", "fastcgi"))
from fastcgi import answer, listening_socket

here = threading.Condition()
count = 0


def meet(request):
    global count
    with here:
        count += 1
        here.notify_all()
        here.wait_for(lambda: count >= int(request.environ["QUERY_STRING"] or 1), timeout=20)
    request.write(b"Content-Type: text/plain\r\n\r\npid %d\n" % os.getpid())


listener = listening_socket()
listener.setblocking(True)
while True:
    sock, _ = listener.accept()
    threading.Thread(target=answer, args=(sock, meet), daemon=True).start()
