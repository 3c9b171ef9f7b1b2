#!/usr/bin/python3
"""Does anybody notice when workers are replaced, or killed? wrk and a book-keeper through nginx. See bench/README.md.

    python3 bench/upheaval.py [--seconds 60] [--connections 64]
"""

import argparse
import os
import random
import signal
import socket
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from measure import figures, load, proc, servers
from measure.stage import Stage, Trouble, wait_for

BODY = b"hello\n"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60, help="of each upheaval (default: 60)")
    parser.add_argument("--connections", type=int, default=64, help="of wrk (default: 64)")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    return parser.parse_args()


class BookKeepers:
    """Clients that POST numbered lines, each waiting for its answer, and remember what became of each line."""

    def __init__(self, port, book, name, number=4):
        self.port, self.book, self.name = port, book, name
        self.statuses = {}
        self.enough = threading.Event()
        self.threads = [threading.Thread(target=self.write, args=(which,)) for which in range(number)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.enough.set()
        for thread in self.threads:
            thread.join()

    def write(self, which):
        count = 0
        while not self.enough.is_set():
            line = f"{self.name}-{which}-{count}"
            self.statuses[line] = self.post(line)
            count += 1

    def post(self, line):
        head = f"POST /book HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Length: {len(line)}\r\n\r\n{line}"
        try:
            with socket.create_connection(("127.0.0.1", self.port), 30) as connection:
                connection.sendall(head.encode())
                with connection.makefile("rb") as stream:
                    return load.read_answer(stream).status
        except (OSError, load.WrongAnswer) as error:
            return str(error)

    def faults(self):
        """What must not be: an answer 200 that was not executed, a line that was executed twice."""
        executed = Counter(self.book.read_text().split())
        for line, status in self.statuses.items():
            if status == 200 and executed[line] == 0:
                yield f"{line} was answered 200 and not executed"
        yield from (f"{line} was executed {times} times" for line, times in executed.items() if times > 1)

    def account(self):
        return ", ".join(f"{number} x {status}" for status, number in Counter(self.statuses.values()).most_common())


def workers(bridge):
    return [one for one in proc.family(bridge.pid)[1:] if one.parent == bridge.pid]


def reloads(bridge, until):
    count = 0
    while time.monotonic() < until:
        os.kill(bridge.pid, signal.SIGHUP)
        count += 1
        time.sleep(2)
    return f"{count} reloads"


def killings(bridge, until):
    count = 0
    while time.monotonic() < until:
        victims = workers(bridge)
        if victims:
            os.kill(random.choice(victims).pid, signal.SIGKILL)
            count += 1
        time.sleep(0.1)
    return f"{count} workers killed"


def upheaval(name, action, options, stage, site, book):
    done = []
    until = time.monotonic() + options.seconds
    thread = threading.Thread(target=lambda: done.append(action(site.bridge, until)))
    with BookKeepers(site.port, book, action.__name__) as keepers:
        thread.start()
        run = load.wrk(site.port, "/hello", options.connections, options.seconds, name)
        thread.join()
    faults = list(keepers.faults())
    print(f"{name}: {done[0]} in {options.seconds} s")
    print(f"    GET:  {run.requests} answered, {run.rate:.0f}/s, {run.errors} failed {run.error_text()}")
    print(f"          p50 {run.p50:.1f} ms, p99 {run.p99:.1f} ms, max {run.max:.0f} ms")
    print(f"    POST: {keepers.account()}; {len(faults)} lost or executed twice")
    for fault in faults[:10]:
        print(f"        {fault}")
    return run.errors == 0 and not faults


def open_site(stage, distribution):
    book = stage.directory / "book"
    unix = stage.directory / "app.sock"
    app = (
        f'kind = "fastcgi"\ncommand = ["{servers.APPS}/ledger.py", "{book}"]\nlisten = "unix:{unix}"\n'
        'workers.mode = "static"\nworkers.max = 8\n'
    )
    bridge = servers.gatepool(stage, "app", distribution, app)
    return servers.behind_nginx(stage, "app", bridge, unix, stage.directory, True, "/hello", BODY), book


def main():
    options = arguments()
    with Stage() as stage:
        print("\n".join(figures.machine(options.gatepool)), flush=True)
        site, book = open_site(stage, options.gatepool)
        good = [
            upheaval("reload every 2 s", reloads, options, stage, site, book),
            upheaval("kill -9 every 100 ms", killings, options, stage, site, book),
        ]
        wait_for(lambda: len(workers(site.bridge)) == 8, "all workers are there again")
        if not all(good):
            raise Trouble("somebody noticed")


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\nSTOPPED: {trouble}")
