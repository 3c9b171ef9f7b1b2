#!/usr/bin/env python3
"""Load on the cluster until SIGTERM, every answer counted.

Sixteen clients ask for /work on kept connections (METHOD=POST in the environment: POST, not GET), without any retry of
their own. An answer counts when it is 200 and whole. The exit status is 1 if one was not.
"""

import collections
import http.client
import os
import signal
import sys
import threading

CLIENTS = 16
ADDRESS = ("127.0.0.1", 8088)
METHOD = os.environ.get("METHOD", "GET")

over = threading.Event()


class Client(threading.Thread):
    """One client on one connection; its counts belong to it alone."""

    def __init__(self):
        super().__init__()
        self.begun = threading.Event()
        self.served = collections.Counter()
        self.failed = collections.Counter()

    def run(self):
        connection = http.client.HTTPConnection(*ADDRESS, timeout=30)
        while not over.is_set():
            try:
                self.served[self.ask(connection)] += 1
            except Exception as error:
                self.failed[f"{type(error).__name__}: {error}"] += 1
                connection.close()
                over.wait(0.05)
            self.begun.set()
        connection.close()

    def ask(self, connection):
        """Returns who has served it."""
        connection.request(METHOD, "/work?ms=50", body=b"x" if METHOD == "POST" else None)
        response = connection.getresponse()
        text = response.read()
        if response.status != 200 or not text.startswith(b"work, process "):
            raise ValueError(f"{response.status} {response.getheader('X-Gatepool-Cause', '')}")
        # nginx names all that it has tried; the last one has answered.
        return response.getheader("X-Served-By", "?").rpartition(", ")[2]


def main():
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    clients = [Client() for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.begun.wait()
    print(f"{CLIENTS} clients", flush=True)
    over.wait()
    for client in clients:
        client.join()
    served = sum((client.served for client in clients), collections.Counter())
    failed = sum((client.failed for client in clients), collections.Counter())
    by = ", ".join(f"{server} {number}" for server, number in sorted(served.items()))
    print(f"{METHOD}: {served.total()} answered ({by}), {failed.total()} failed")
    for what, number in failed.most_common():
        print(f"  {number} x {what}")
    return 1 if failed or not served else 0


sys.exit(main())
