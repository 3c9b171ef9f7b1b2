#!/usr/bin/env python3
"""A FastCGI responder made of raw records that takes several requests on one connection.

SAYS is what it answers to FCGI_GET_VALUES: "FCGI_MPXS_CONNS=1 FCGI_MAX_REQS=4"; without it, nothing. With ORDER=1 it
serves the requests of a connection one after the other, as gatepool_wsgi.py does, but reads all the time. With
REFUSE=2 or 1 (FCGI_OVERLOADED, FCGI_CANT_MPX_CONN) it refuses what is not alone on its connection. TRACE is a
file that gets a line of each event: the pid, what, the request's ?key. The last segment of a path says what it does, see ANSWERS.
"""

import os
import random
import select
import signal
import socket
import struct
import time
from collections import deque
from urllib.parse import parse_qs

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR, DATA, GET_VALUES, RESULT = range(1, 11)
PLAIN = b"Content-Type: text/plain\r\n\r\n"
IN_ORDER = bool(os.environ.get("ORDER"))
REFUSE = int(os.environ.get("REFUSE", "0"))
SAYS = dict(pair.split("=") for pair in os.environ.get("SAYS", "").split())
TRACE = os.open(os.environ["TRACE"], os.O_CREAT | os.O_APPEND | os.O_WRONLY) if "TRACE" in os.environ else None

counts = {"most": 0, "begun": 0, "aborts": 0, "refused": 0, "connections": 0}
ids = set()
links = {}


def trace(what, key):
    if TRACE is not None:
        os.write(TRACE, b"%d %s %s\n" % (os.getpid(), what.encode(), key.encode()))


def record(kind, number, content=b""):
    return struct.pack(">BBHHBx", 1, kind, number, len(content), 0) + content


def end(number, status=0):
    return record(END, number, struct.pack(">IB3x", 0, status))


def pairs(data):
    at = 0
    while at < len(data):
        lengths = []
        for _ in range(2):
            size = 4 if data[at] & 0x80 else 1
            lengths.append(int.from_bytes(data[at:at + size], "big") & 0x7fffffff)
            at += size
        yield data[at:at + lengths[0]].decode(), data[at + lengths[0]:at + sum(lengths)].decode()
        at += sum(lengths)


class Request:
    def __init__(self, link, number):
        self.link, self.number = link, number
        self.raw, self.body = b"", b""
        self.params = None
        self.whole = self.begun = self.aborted = False

    def begin(self):
        self.begun = True
        self.since = time.monotonic()
        trace("begin", self.key)

    def understand(self):
        self.params = dict(pairs(self.raw))
        self.query = {name: values[0] for name, values in parse_qs(self.params.get("QUERY_STRING", "")).items()}
        self.key = self.query.get("key", "-")
        self.path = (self.params.get("PATH_INFO") or self.params.get("SCRIPT_NAME", "")).rpartition("/")[2]
        trace("seen", self.key)

    def answer(self, text):
        """A whole answer in one write."""
        content = PLAIN + text.encode("latin-1")
        pieces = [record(STDOUT, self.number, content[at:at + 65535]) for at in range(0, len(content), 65535)]
        self.link.write(b"".join(pieces) + end(self.number))
        self.over()

    def over(self):
        if self.link.requests.pop(self.number, None):
            trace("end", self.key)


# ---- what it does with a request; called again and again until the request is over ----

def info(request):
    text = "key %s\npid %d\nid %d\nids %s\n" % (
        request.key, os.getpid(), request.number, ",".join(map(str, sorted(ids))))
    request.answer(text + "".join("%s %d\n" % count for count in counts.items()))


def echo(request):
    request.answer(request.body.decode("latin-1"))


def hold(request):
    """Creates ?file, and answers when it is gone."""
    if not hasattr(request, "held"):
        request.held = open(request.query["file"], "w").close()
    if not os.path.exists(request.query["file"]):
        info(request)


def sleep(request):
    """Takes ?ms= milliseconds."""
    if time.monotonic() - request.since > float(request.query["ms"]) / 1000:
        info(request)


def gather(request):
    """When ?k= of them are here, all are answered with ?n= bytes each, their records mixed."""
    here = [one for link in links.values() for one in link.requests.values() if one.whole and one.path == "gather"]
    if len(here) < int(request.query["k"]):
        return
    chance = random.Random(int(request.query.get("seed", "1")))
    rest = {}
    for one in here:
        line = ("%s %d\n" % (one.key, len(one.body))).encode()
        rest[one] = PLAIN + line * (int(one.query.get("n", "100")) // len(line) + 1)
    piece = int(request.query.get("piece", "20"))
    out = bytearray()
    while rest:
        one = chance.choice(sorted(rest, key=lambda each: each.number))
        size = chance.randint(1, piece)
        if chance.random() < 0.05:
            out += record(STDERR, one.number, b"mumbling %s\n" % one.key.encode())
        out += record(STDOUT, one.number, rest[one][:size])
        rest[one] = rest[one][size:]
        if not rest[one]:
            out += record(STDOUT, one.number)
            del rest[one]
    chance.shuffle(here)
    for one in here:
        out += end(one.number)
        one.over()
    request.link.write(out)


def together(request):
    """When ?k= of them are here, or do not come, answers all in one write, in order; the last ?cut= bytes a moment later."""
    here = [one for one in request.link.requests.values() if one.whole]
    if len(here) < int(request.query["k"]) and time.monotonic() - request.since < 0.05:
        return
    out = b""
    for one in here:
        out += record(STDOUT, one.number, PLAIN + b"key %s\ntogether %d\n" % (one.key.encode(), len(here))) + end(one.number)
        one.over()
        if one in request.link.queue:
            request.link.queue.remove(one)
    cut = len(out) - int(request.query.get("cut", "0"))
    request.link.write(out[:cut])
    if cut < len(out):
        time.sleep(0.02)
        request.link.write(out[cut:])


def die(request):
    """Kills itself when ?k= requests are here; once, if there is ?once=FILE."""
    if "once" in request.query and os.path.exists(request.query["once"]):
        return info(request)
    # Those that are not whole yet are here as well.
    if len(request.link.requests) >= int(request.query["k"]):
        if "once" in request.query:
            open(request.query["once"], "w").close()
        os.kill(os.getpid(), signal.SIGKILL)


def strange(request):
    """Records of requests that there are not, on ids near and far, and then its answer."""
    out = b""
    for number in [int(text) for text in request.query["ids"].split(",")]:
        if number not in request.link.requests:
            out += record(STDOUT, number, PLAIN + b"SMUGGLED\n") + end(number)
    request.link.write(out)
    info(request)


def late(request):
    """Is ended at once when it is aborted, and answers all the same when the next request has come; with ?at=once in the
    same write."""


def begun(request):
    """Says OVERLOADED when it has begun to answer."""
    request.link.write(record(STDOUT, request.number, PLAIN + b"some") + end(request.number, 2))
    request.over()


def flood(request):
    """Sends the beginning of an answer, and the rest, ?n= bytes, when ?file is gone."""
    if not hasattr(request, "flooded"):
        request.flooded = True
        request.link.write(record(STDOUT, request.number, PLAIN))
    if not os.path.exists(request.query["file"]):
        for _ in range(int(request.query["n"]) // 60000):
            request.link.write(record(STDOUT, request.number, b"x" * 60000))
        request.link.write(end(request.number))
        request.over()


def quit(request):
    """Answers, and exits when its connections end, refusing what it has not begun with."""
    request.answer("quits\n")
    refuse_and_exit(request.link)


def refuse_and_exit(link):
    link.take(select.select([link.sock], [], [], 0.3)[0])
    for number in list(link.requests):
        link.write(end(number, 2))
    os._exit(0)


ANSWERS = {f.__name__: f for f in (
    info, echo, hold, sleep, gather, together, die, strange, late, begun, flood, quit)}


class Link:
    """A connection and the requests on it."""

    def __init__(self, sock):
        self.sock = sock
        self.rest = b""
        self.requests = {}
        self.queue = deque()
        self.haunting = []

    def write(self, data):
        try:
            self.sock.setblocking(True)
            self.sock.sendall(data)
        except OSError:
            self.requests.clear()

    def take(self, ready):
        """What has come; False at the end."""
        if not ready:
            return True
        try:
            data = self.sock.recv(1 << 18)
        except OSError:
            data = b""
        if not data:
            return False
        data = self.rest + data
        at = 0
        while len(data) - at >= 8:
            _, kind, number, length, padding = struct.unpack_from(">BBHHB", data, at)
            if len(data) - at < 8 + length + padding:
                break
            self.record(kind, number, data[at + 8:at + 8 + length])
            at += 8 + length + padding
        self.rest = data[at:]
        return True

    def record(self, kind, number, content):
        request = self.requests.get(number)
        if kind == GET_VALUES:
            asked = dict(pairs(content))
            answer = b"".join(bytes([len(n), len(v)]) + (n + v).encode() for n, v in SAYS.items() if n in asked)
            if SAYS and content:
                self.write(record(RESULT, 0, answer))
        elif kind == BEGIN:
            assert request is None, "request %d begins twice" % number
            if REFUSE and self.requests:
                counts["refused"] += 1
                self.write(end(number, REFUSE))
                return
            ids.add(number)
            counts["begun"] += 1
            self.requests[number] = Request(self, number)
            counts["most"] = max(counts["most"], sum(len(link.requests) for link in links.values()))
        elif request is None:
            pass
        elif kind == PARAMS:
            request.raw += content
            if not content:
                request.understand()
        elif kind == STDIN:
            request.body += content
            if not content:
                request.whole = True
                self.queue.append(request)
        elif kind == ABORT:
            self.abort(request)

    def abort(self, request):
        counts["aborts"] += 1
        trace("abort", request.key)
        request.aborted = True
        if request.path == "late":
            self.requests.pop(request.number)
            if request.query.get("at") == "once":
                self.write(end(request.number) + self.late_answer(request.number))
            else:
                self.write(end(request.number))
                self.haunting.append(request.number)
        elif not request.begun:
            if request in self.queue:
                self.queue.remove(request)
            self.write(end(request.number))
            request.over()

    def work(self):
        """Goes on with what it has. True if something waits for the clock or for a file."""
        while self.queue and (not IN_ORDER or not any(one.begun for one in self.requests.values())):
            request = self.queue.popleft()
            if self.haunting:
                for number in self.haunting:
                    self.write(self.late_answer(number))
                self.haunting = []
            request.begin()
            self.step(request)
        for request in list(self.requests.values()):
            if request.begun:
                self.step(request)
        return any(request.begun for request in self.requests.values())

    @staticmethod
    def late_answer(number):
        return record(STDOUT, number, PLAIN + b"LATE\n") + end(number)

    @staticmethod
    def step(request):
        if request.aborted and request.path != "hold":
            request.link.write(end(request.number))
            request.over()
        else:
            ANSWERS.get(request.path, info)(request)


listener = socket.socket(fileno=os.dup(0))
listener.setblocking(True)
waiting = False
while True:
    ready = select.select([listener, *links], [], [], 0.002 if waiting else None)[0]
    if listener in ready:
        sock, _ = listener.accept()
        counts["connections"] += 1
        links[sock] = Link(sock)
    waiting = False
    for sock, link in list(links.items()):
        if link.take(sock in ready):
            waiting |= link.work()
            # What waits behind a request that is over now.
            waiting |= bool(link.queue)
        else:
            sock.close()
            del links[sock]
