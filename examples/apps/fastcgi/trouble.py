#!/usr/bin/env python3
"""An application in trouble, for docs/operations.md: the last part of the path says which.

    /work?ms=20     works for so long          /leak?mib=20    takes memory, and keeps it
    /hang           never answers              /crash          dies of SIGSEGV
"""

import faulthandler
import os
import signal
import time
from urllib.parse import parse_qs

from fastcgi import serve

faulthandler.register(signal.SIGUSR1)  # timeout_signal = "USR1": tells on stderr where it hangs
kept = []


def hang():
    while True:
        time.sleep(1)


def answer(request):
    query = {name: values[0] for name, values in parse_qs(request.environ.get("QUERY_STRING", "")).items()}
    what = (request.environ.get("SCRIPT_NAME", "") + request.environ.get("PATH_INFO", "")).rpartition("/")[2]
    if what == "work":
        time.sleep(int(query.get("ms", "20")) / 1000)
    elif what == "leak":
        kept.append(b"x" * (int(query.get("mib", "20")) << 20))
    elif what == "hang":
        hang()
    elif what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    request.write(b"Content-Type: text/plain\r\n\r\n%s, process %d\n" % (what.encode(), os.getpid()))


serve(answer)
