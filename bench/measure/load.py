"""Requests: one whose every byte is looked at, and many with wrk."""

import json
import os
import re
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from measure import proc
from measure.stage import Trouble, end_with_us

REPORT = Path(__file__).with_name("report.lua")


class WrongAnswer(Trouble):
    """A server answers, but not what it should: its figures mean nothing."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict
    body: bytes
    size: int
    """All bytes on the wire, as wrk counts them."""


def pattern(size):
    """What apps/transfer.c answers with, and what report.lua posts."""
    return (b"0123456789abcde\n" * (size // 16 + 1))[:size]


def fetch(port, path, timeout=30, post=0):
    """One request as wrk sends it, with a body of so many bytes. Raises OSError, or WrongAnswer if the answer has no HTTP form."""
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        head = f"{'POST' if post else 'GET'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        if post:
            head += f"Content-Type: application/octet-stream\r\nContent-Length: {post}\r\n"
        connection.sendall(head.encode() + b"\r\n" + pattern(post))
        with connection.makefile("rb") as stream:
            return read_answer(stream)


def read_answer(stream):
    line = stream.readline()
    size = len(line)
    if not re.fullmatch(rb"HTTP/1\.1 \d{3} .*\r\n", line):
        raise WrongAnswer(f"no status line: {line!r}")
    headers = {}
    while (field := stream.readline()) not in (b"\r\n", b""):
        size += len(field)
        name, _, value = field.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    size += 2
    body, more = read_body(stream, headers)
    return Answer(int(line[9:12]), headers, body, size + more)


def read_body(stream, headers):
    if headers.get("transfer-encoding") != "chunked":
        body = stream.read(int(headers.get("content-length", "-1")))  # without a length it ends with the connection
        return body, len(body)
    body, size = b"", 0
    while True:
        line = stream.readline()
        length = int(line.split(b";")[0], 16) if line.strip() else -1
        if length < 0:
            raise WrongAnswer("the body ends within its chunks")
        piece = stream.read(length + 2)
        size += len(line) + len(piece)
        body += piece[:-2]
        if length == 0:
            return body, size


def check(port, path, body, whose, content_type="text/plain", timeout=30, post=0):
    """The answer, every byte of its body as expected."""
    try:
        answer = fetch(port, path, timeout, post)
    except OSError as error:
        raise WrongAnswer(f"{whose}, {path}: no answer: {error}") from error
    kind = answer.headers.get("content-type", "").split(";")[0]
    if (answer.status, kind, answer.body) != (200, content_type, body):
        raise WrongAnswer(
            f"{whose}, {path}: status {answer.status}, type {kind!r}, {len(answer.body)} bytes: {answer.body[:200]!r};"
            f" expected 200, {content_type!r}, {len(body)} bytes: {body[:200]!r}"
        )
    return answer


@dataclass
class Run:
    """One run of wrk. Latencies in milliseconds."""

    seconds: float
    requests: int
    bytes: int
    connect: int
    read: int
    write: int
    status: int
    timeout: int
    p50: float
    p90: float
    p99: float
    max: float
    cpu: float = 0.0
    """CPU seconds of wrk itself."""
    served: int | None = None
    """Connections that have had at least one answer, or None where nobody can tell."""

    @property
    def rate(self):
        return self.requests / self.seconds

    @property
    def errors(self):
        return self.connect + self.read + self.write + self.status + self.timeout

    def error_text(self):
        kinds = (("status", "not 2xx"), ("connect", "connect"), ("read", "read"), ("write", "write"), ("timeout", "timed out"))
        return ", ".join(f"{getattr(self, name)} {text}" for name, text in kinds if getattr(self, name))


# Seconds before the end of a run at which its connections are looked at.
LOOK = 0.15


def wrk(port, path, connections, seconds, whose, expected=None, pause=0, post=0, same_size=True):
    """Runs wrk with one thread; each connection waits for pause ms, on average, before each request, and posts so many bytes.
    With the expected answer, the sum of all bytes must be what the answers have, and it is counted who got one."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(REPORT)]
    served, opened = None, proc.opened_connections()
    with subprocess.Popen(
        [*command, f"http://127.0.0.1:{port}{path}", "--", str(pause), str(post)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=end_with_us,
    ) as running:
        if expected is not None:
            time.sleep(seconds - LOOK)
            served = connections_served(port, connections)
        output = running.stdout.read()
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    few = max(2, connections // 20)
    if proc.opened_connections() - opened > connections + few and closed_by_server(port) > few:
        served = None  # those that are there now have not been there long
    found = re.search(r"^REPORT (\{.*\})$", output, re.MULTILINE)
    if running.returncode != 0 or not found:
        raise Trouble(f"{whose}: wrk: exit code {running.returncode}\n{output}")
    run = Run(**json.loads(found[1]), cpu=usage.ru_utime + usage.ru_stime, served=served)
    if run.requests == 0:
        raise Trouble(f"{whose}: not one answer within {seconds} s")  # and its p99 would be 0, the best there is
    if expected is not None and same_size and run.errors == 0:
        check_bytes(run, expected, connections, whose)
    return run


def connections_served(port, connections):
    """Of the connections to the port, how many have received anything; None where ss does not tell."""
    listing = sockets("established", f"dport = :{port}", "-i")
    return None if listing is None else min(count_served(listing), connections)


def closed_by_server(port):
    """How many connections to the port it has closed in the last minute, more or less."""
    return len((sockets("time-wait", f"sport = :{port}") or "").splitlines())


def sockets(state, which, *options):
    """What ss says, a line for each socket; or None."""
    command = ["ss", "-tnHO", *options, "state", state, which]
    try:
        seen = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if seen.returncode else seen.stdout


def count_served(listing):
    """ss -iO: one line for each socket; without bytes_received it has received nothing."""
    return sum(1 for line in listing.splitlines() if re.search(r"\bbytes_received:[1-9]", line))


def check_bytes(run, expected, connections, whose):
    """Redirects, and answers cut short, wrk takes for good ones; their bytes betray them."""
    difference = abs(run.bytes - run.requests * expected.size)
    if difference > connections * expected.size + 0.02 * run.bytes:
        raise WrongAnswer(
            f"{whose}: {run.requests} answers of {expected.size} bytes would be {run.requests * expected.size} bytes,"
            f" but wrk read {run.bytes}"
        )


class Meter:
    """CPU seconds between entering and leaving: of a site's parts, and of the machine."""

    def __init__(self, site):
        self.site = site

    def __enter__(self):
        self.before = self.site.cpu(), proc.machine(), time.process_time(), time.monotonic()
        return self

    def __exit__(self, *exception):
        parts, (busy, steal), own, clock = self.before
        busy_now, steal_now = proc.machine()
        now = self.site.cpu()
        self.wall = time.monotonic() - clock
        # A control group counts microseconds, /proc ticks of 10 ms: their difference can be less than nothing.
        self.cpu = {name: max(0.0, now[name] - parts[name]) for name in now}
        self.own = time.process_time() - own
        self.busy = busy_now - busy
        self.steal = steal_now - steal
