#!/usr/bin/python3
"""Offered twice what the workers can do: how much of it is done, and when do the others learn? See bench/README.md.

    python3 bench/overload.py [--seconds 30] [--times 2] [--deadline 1]
"""

import argparse
import asyncio
import gc
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from measure import figures, load, servers
from measure.stage import Stage, Trouble, free_port

BODY = b"hello\n"
WORKERS = 8
SERVICE = 0.02


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=30, help="of the overload (default: 30)")
    parser.add_argument("--times", type=float, default=2, help="so often the capacity is offered (default: 2)")
    parser.add_argument("--deadline", type=float, default=1, metavar="SECONDS", help="queue.timeout (default: 1)")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    return parser.parse_args()


@dataclass(frozen=True)
class Answer:
    status: int | str
    """Or the text of what went wrong."""
    latency: float
    """Seconds since the moment when it was due to be sent, so that a generator that is late flatters nobody."""
    waited: float
    """Seconds since it really was sent: a deadline counts from there."""


class OpenLoop:
    """Requests at a fixed rate, whether earlier ones are answered or not, on connections of their own."""

    def __init__(self, port, rate, seconds):
        self.port, self.rate, self.seconds = port, rate, seconds
        self.answers = []
        self.latest = 0.0

    async def run(self):
        gc.disable()  # its pauses would be taken for the server's
        start = time.monotonic()
        tasks = []
        for number in range(int(self.rate * self.seconds)):
            due = start + number / self.rate
            ahead = due - time.monotonic()
            if ahead > 0:
                await asyncio.sleep(ahead)
            tasks.append(asyncio.create_task(self.request(due)))
        await asyncio.gather(*tasks)

    async def request(self, due):
        sent = time.monotonic()
        self.latest = max(self.latest, sent - due)
        try:
            status = await asyncio.wait_for(self.ask(), 30)
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            status = f"{type(error).__name__} {error}"
        now = time.monotonic()
        self.answers.append(Answer(status, now - due, now - sent))

    async def ask(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(b"GET /hello HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
            answer = await reader.read()
        finally:
            writer.close()
        status = int(answer[9:12])
        if status == 200 and not answer.endswith(BODY) and not answer.endswith(b"\r\n0\r\n\r\n"):
            raise ValueError(f"a body cut short: {answer[-40:]!r}")
        return status


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def overload(name, port, options):
    capacity = load.wrk(port, "/hello", 2 * WORKERS, 5, name).rate
    generator = OpenLoop(port, capacity * options.times, options.seconds)
    asyncio.run(generator.run())
    show(name, capacity, generator, options)


def show(name, capacity, generator, options):
    good = [answer.latency for answer in generator.answers if answer.status == 200]
    refused = [answer.waited for answer in generator.answers if answer.status == 503]
    others = Counter(answer.status for answer in generator.answers if answer.status not in (200, 503))
    goodput = len(good) / options.seconds / capacity
    p99 = percentile(good, 0.99)
    late = sum(waited > options.deadline + 0.05 for waited in refused)
    print(f"\n{name}: capacity {capacity:.0f}/s, offered {generator.rate:.0f}/s for {options.seconds} s, deadline {options.deadline:g} s")
    print(f"    200: {len(good)}, {goodput:.0%} of capacity; target 90 %: {verdict(goodput >= 0.9)}")
    print(
        f"         p50 {percentile(good, 0.5) * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms, max {max(good, default=0) * 1e3:.0f} ms;"
        f" target p99 {options.deadline * 1.1 * 1e3:.0f} ms: {verdict(p99 < options.deadline * 1.1)}"
    )
    print(
        f"    503: {len(refused)}, p50 {percentile(refused, 0.5) * 1e3:.0f} ms, max {max(refused, default=0) * 1e3:.0f} ms;"
        f" over 50 ms behind the deadline: {late}: {verdict(late == 0)}"
    )
    print(f"    anything else: {dict(others) or 'none'}: {verdict(not others)}")
    if generator.latest > 0.02:
        print(f"    WARNING: the generator was up to {generator.latest * 1e3:.0f} ms late; latencies count from when a request was due")


def verdict(good):
    return "met" if good else "MISSED"


def main():
    options = arguments()
    with Stage() as stage:
        print("\n".join(figures.machine(options.gatepool)), flush=True)
        port, unix = free_port(), stage.directory / "app.sock"
        servers.compile_c(servers.APPS / "pause.c", stage.directory / "pause", "-lfcgi")
        app = (
            f'kind = "fastcgi"\ncommand = ["{stage.directory}/pause", "{SERVICE * 1e3:.0f}"]\n'
            f'listen = ["unix:{unix}", "http:127.0.0.1:{port}"]\nworkers.mode = "static"\nworkers.max = {WORKERS}\n'
            f'queue.timeout = "{options.deadline * 1e3:.0f}ms"\nqueue.size = 4096\n'
        )
        bridge = servers.gatepool(stage, "app", options.gatepool, app)
        behind = servers.behind_nginx(stage, "app", bridge, unix, stage.directory, True, "/hello", BODY)
        for name, at in {"FastCGI, behind nginx": behind.port, "HTTP": port}.items():
            load.wrk(at, "/hello", 2 * WORKERS, 3, name)
            overload(name, at, options)


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\nSTOPPED: {type(trouble).__name__}: {trouble}")
