#!/usr/bin/env python3
"""Load on the cluster, every answer counted: load.py SECONDS [POST]

Sixteen clients ask for /work on kept connections, without any retry of their own. An answer counts when it is 200 and
whole. The exit status is 1 if one was not.
"""

import collections
import http.client
import sys
import threading
import time

CLIENTS = 16
ADDRESS = ("127.0.0.1", 8088)


class Client(threading.Thread):
    """One client on one connection; its counts belong to it alone."""

    def __init__(self, method, until):
        super().__init__()
        self.method = method
        self.until = until
        self.served = collections.Counter()
        self.failed = collections.Counter()

    def run(self):
        connection = http.client.HTTPConnection(*ADDRESS, timeout=30)
        while time.monotonic() < self.until:
            try:
                self.served[self.ask(connection)] += 1
            except Exception as error:
                self.failed[f"{type(error).__name__}: {error}"] += 1
                connection.close()
                time.sleep(0.05)
        connection.close()

    def ask(self, connection):
        """Returns who has served it."""
        connection.request(self.method, "/work?ms=20", body=b"x" if self.method == "POST" else None)
        response = connection.getresponse()
        text = response.read()
        if response.status != 200 or not text.startswith(b"work, process "):
            raise ValueError(f"{response.status} {response.getheader('X-Gatepool-Cause', '')}")
        # nginx names all that it has tried; the last one has answered.
        return response.getheader("X-Served-By", "?").rpartition(", ")[2]


def main():
    method = sys.argv[2] if len(sys.argv) > 2 else "GET"
    until = time.monotonic() + float(sys.argv[1])
    clients = [Client(method, until) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    print(f"{CLIENTS} clients", flush=True)
    for client in clients:
        client.join()
    served = sum((client.served for client in clients), collections.Counter())
    failed = sum((client.failed for client in clients), collections.Counter())
    by = ", ".join(f"{server} {number}" for server, number in sorted(served.items()))
    print(f"{method}: {served.total()} answered ({by}), {failed.total()} failed")
    for what, number in failed.most_common():
        print(f"  {number} x {what}")
    return 1 if failed or not served else 0


sys.exit(main())
