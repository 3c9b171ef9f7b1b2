#!/usr/bin/env python3
"""A FastCGI responder made of raw records, to misbehave in every way that corner cases know.

The first argument says how it starts (see START), the last segment of a request's path what it
does (see ANSWERS). Between them it is an honest single-threaded responder that keeps connections.
Lines on stderr begin with "raw:", so that a test can wait for them.
"""

import os
import signal
import socket
import struct
import sys
import time
from urllib.parse import parse_qs

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR, DATA, GET_VALUES, RESULT = range(1, 11)
PLAIN = b"Content-Type: text/plain\r\n\r\n"

connections = requests = 0


class Closed(Exception):
    """The connection has ended, or is to."""


def say(text):
    sys.stderr.write("raw: %s\n" % text)
    sys.stderr.flush()


def pairs(data):
    at = 0
    while at < len(data):
        lengths = []
        for _ in range(2):
            size = 4 if data[at] & 0x80 else 1
            lengths.append(int.from_bytes(data[at:at + size], "big") & 0x7fffffff)
            at += size
        end = at + sum(lengths)
        if end > len(data):
            raise ValueError("a pair is split")
        yield data[at:at + lengths[0]].decode("latin-1"), data[at + lengths[0]:end].decode("latin-1")
        at = end


class Link:
    """One accepted connection and the request on it."""

    def __init__(self, sock):
        self.sock = sock
        self.served = 0

    def exactly(self, size):
        data = b""
        while len(data) < size:
            piece = self.sock.recv(size - len(data))
            if not piece:
                raise Closed
            data += piece
        return data

    def record(self):
        version, kind, number, length, padding, _ = struct.unpack(">BBHHBB", self.exactly(8))
        assert version == 1
        content = self.exactly(length)
        self.exactly(padding)
        return kind, number, content

    def raw(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            raise Closed

    def pack(self, kind, content=b"", padding=0, number=1):
        return struct.pack(">BBHHBx", 1, kind, number, len(content), padding) + content + b"P" * padding

    def send(self, kind, content=b"", padding=0, number=1):
        self.raw(self.pack(kind, content, padding, number))

    def out(self, data):
        self.send(STDOUT, data)

    def end(self, status=0, app=0):
        self.send(END, struct.pack(">IB3x", app, status))

    def plain(self, text):
        """A whole, honest answer in one write."""
        self.raw(self.pack(STDOUT, PLAIN + text.encode("latin-1")) + self.pack(STDOUT)
                 + self.pack(END, struct.pack(">IB3x", 0, 0)))

    def begin(self):
        """Waits for a request; answers FCGI_GET_VALUES; reads to the end of PARAMS."""
        self.params, self.records, self.split, self.noise = {}, [], False, []
        while True:
            kind, number, content = self.record()
            if kind == GET_VALUES and START.values:
                self.send(RESULT, b"".join(bytes([len(n), 1]) + n + b"1" for n in (b"FCGI_MAX_CONNS",)), number=0)
            elif kind == BEGIN:
                break
            elif kind != GET_VALUES:
                self.noise.append(kind)
        self.keep = content[2] & 1
        while True:
            kind, number, content = self.record()
            if kind == PARAMS:
                if not content:
                    return
                self.records.append(len(content))
                try:
                    self.params.update(pairs(content))
                except (ValueError, IndexError):
                    self.split = True
            else:
                self.noise.append(kind)

    def body(self):
        """Pieces of STDIN up to the empty record that ends it."""
        while True:
            kind, number, content = self.record()
            if kind == ABORT:
                say("aborted")
                raise Aborted
            if kind == STDIN:
                if not content:
                    return
                yield content


class Aborted(Exception):
    pass


# ---- what it does with a request; each gets the link and the query ----

def info(link, query):
    """Who answers, and what it got."""
    size = sum(len(piece) for piece in link.body())
    link.plain("pid %d\nconnections %d\nserved %d\nrequests %d\nbody %d\nkeep %d\nnoise %s\n" % (
        os.getpid(), connections, link.served, requests, size, link.keep, link.noise))


def params(link, query):
    """The sizes of the PARAMS records, whether a pair was split, and one parameter's length."""
    list(link.body())
    link.plain("records %s\nsplit %s\nlongest %d\n" % (
        link.records, link.split, max(len(value) for value in link.params.values())))


def early(link, query):
    """Answers before it has read any of the body."""
    link.out(PLAIN + b"early ")
    size = sum(len(piece) for piece in link.body())
    link.out(b"and read %d\n" % size)
    link.end()


def unread(link, query):
    """Ends the request without reading the body at all."""
    link.plain("unread\n")
    say("ended")


def echo(link, query):
    """Each piece of the body goes back before the next is read."""
    link.out(b"Content-Type: application/octet-stream\r\n\r\n")
    for piece in link.body():
        link.out(piece)
    link.end()


def bare(link, query):
    """END_REQUEST without an empty STDOUT."""
    list(link.body())
    link.out(PLAIN + b"bare\n")
    link.end()


def shape(link, query):
    """A body of ?n= bytes in records of ?chunk= bytes and ?padding= bytes of padding."""
    list(link.body())
    data = PLAIN + b"x" * int(query["n"])
    chunk, padding = int(query["chunk"]), int(query["padding"])
    link.raw(b"".join(link.pack(STDOUT, data[at:at + chunk], padding) for at in range(0, len(data), chunk))
             + link.pack(STDOUT, b"", padding) + link.pack(END, bytes(8), padding))


def drip(link, query):
    """Every byte of the answer's records by itself."""
    list(link.body())
    for byte in link.pack(STDOUT, PLAIN + b"drip\n", 3) + link.pack(END, bytes(8), 2):
        link.raw(bytes([byte]))


def lines(link, query):
    """STDERR before, between and inside the bytes of the header."""
    list(link.body())
    link.send(STDERR, b"before\nbet")
    link.out(b"Content-Ty")
    link.send(STDERR, b"ween\n")
    link.out(b"pe: text/plain\r")
    link.send(STDERR, b"inside\n")
    link.out(b"\n\r\nlines\n")
    link.send(STDERR, b"after")
    link.end()


def eof(link, query):
    """Closes ?at=nothing, in the head, behind the head, or in the body."""
    list(link.body())
    at = query["at"]
    if at == "stderr":
        link.send(STDERR, b"about to close\n")
    if at != "nothing" and at != "stderr":
        link.out({"inhead": b"Content-Type: te", "head": PLAIN, "body": PLAIN + b"some of it"}[at])
    raise Closed


def head(link, query):
    """A header field of ?n= bytes."""
    list(link.body())
    data = b"X-Long: " + b"h" * int(query["n"]) + b"\r\n\r\n"
    for at in range(0, len(data), 60000):
        link.out(data[at:at + 60000])
    link.end()


def nohead(link, query):
    """No header at all, before it has read the body; then it reads on, deaf to ABORT_REQUEST."""
    link.out(b"<html>\n<p>this is no header</p>\n\n")
    while True:
        kind, number, content = link.record()
        if kind == STDIN and not content:
            return link.end()


def refuse(link, query):
    """Ends the request with protocol status ?status=."""
    list(link.body())
    link.end(int(query["status"]))


def garbage(link, query):
    """No FastCGI: ?kind=http, version, or a type of record that nobody knows."""
    list(link.body())
    kind = query["kind"]
    if kind == "http":
        link.raw(b"HTTP/1.1 200 OK\r\n\r\nhello")
    elif kind == "version":
        link.raw(b"\x02" + link.pack(STDOUT, PLAIN)[1:])
    elif kind == "type":
        link.send(99, b"what?")
        return link.plain("skipped\n")
    elif kind == "id":
        link.send(STDOUT, b"Status: 500\r\n\r\nnot yours", number=7)
        link.send(END, bytes(8), number=7)
        return link.plain("own\n")
    elif kind == "management":
        link.send(RESULT, b"", number=0)
        link.send(11, bytes(8), number=0)
        return link.plain("managed\n")
    link.record()


def surplus(link, query):
    """A second answer behind the first, in the same write."""
    list(link.body())
    one = link.pack(STDOUT, PLAIN + b"first\n") + link.pack(END, bytes(8))
    link.raw(one + link.pack(STDOUT, PLAIN + b"SMUGGLED\n") + link.pack(END, bytes(8)))


def late(link, query):
    """Ends a request, and says more about it when nobody asked any more."""
    list(link.body())
    link.plain("first\n")
    time.sleep(0.05)
    link.out(PLAIN + b"SMUGGLED\n")
    say("late")


def bye(link, query):
    """Answers, and closes the connection that it was asked to keep."""
    info(link, query)
    raise Closed


def idle(link, query):
    """Answers, and closes the idle connection a moment later."""
    info(link, query)
    link.sock.shutdown(socket.SHUT_RDWR)
    say("closed when idle")
    raise Closed


def leave(link, query):
    """Answers ?n= bytes and exits at once."""
    list(link.body())
    data = PLAIN + b"y" * int(query.get("n", "10"))
    link.raw(b"".join(link.pack(STDOUT, data[at:at + 60000]) for at in range(0, len(data), 60000))
             + link.pack(END, bytes(8)))
    os._exit(0)


def die(link, query):
    """Kills itself, in the middle of ?method; ?once=FILE: only the first time."""
    list(link.body())
    if "once" in query:
        try:
            os.close(os.open(query["once"], os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return link.plain("pid %d\n" % os.getpid())
    if "count" in query:
        with open(query["count"], "a") as file:
            file.write("x")
    os.kill(os.getpid(), signal.SIGKILL)


def hang(link, query):
    """Says that it hangs, and does, until ?until=FILE is there."""
    list(link.body())
    if "head" in query:
        link.out(PLAIN + b"begun ")
    say("hangs %d" % os.getpid())
    while not os.path.exists(query.get("until", "/nonexistent")):
        time.sleep(0.01)
    link.plain("hung\n") if "head" not in query else (link.out(b"hung\n"), link.end())


def dumps(link, query):
    """Hangs as one that tells on SIGUSR1 where it does."""
    import faulthandler
    faulthandler.register(signal.SIGUSR1)
    hang(link, query)


KEPT = []


def grow(link, query):
    """Takes ?mib= of memory and keeps it."""
    list(link.body())
    KEPT.append(b"x" * (int(query["mib"]) << 20))
    link.plain("pid %d\n" % os.getpid())


def health(link, query):
    """Is well as long as there is ?file=."""
    list(link.body())
    status = b"200 OK" if os.path.exists(query["file"]) else b"503 Not Yet"
    link.out(b"Status: " + status + b"\r\n" + PLAIN + b"pid %d\n" % os.getpid())
    link.end()


def stubborn(link, query):
    """Ignores SIGTERM, and hangs."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    hang(link, query)


def process(link, query):
    """What the process is: its environment, credentials and umask."""
    list(link.body())
    mask = os.umask(0)
    os.umask(mask)
    text = "".join("env %s=%s\n" % item for item in sorted(os.environ.items()))
    text += "uid %d %d\ngid %d %d\ngroups %s\numask %03o\ncwd %s\nsid %s\nfds %s\n" % (
        os.getuid(), os.geteuid(), os.getgid(), os.getegid(), sorted(os.getgroups()), mask, os.getcwd(),
        os.getsid(0) == os.getpid(), sorted(int(n) for n in os.listdir("/proc/self/fd"))[:-1])
    with open("/proc/self/status") as status:
        text += "".join(line for line in status if line.startswith(("SigBlk", "SigIgn")))
    link.plain(text)


def deaf(link, query):
    """Answers, and then listens no more, though it lives."""
    info(link, query)
    os.close(0)
    LISTENER.close()
    say("deaf")


def escape(link, query):
    """Leaves a grandchild behind that is in no group of ours; its pid is the answer."""
    list(link.body())
    ours, theirs = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(theirs, b"%d" % os.getpid())
            os.execv("/bin/sleep", ["sleep", "300"])
        os._exit(0)
    os.wait()
    link.plain("escaped %s\n" % os.read(ours, 20).decode())


ANSWERS = {f.__name__: f for f in (
    info, params, early, unread, echo, bare, shape, drip, lines, eof, head, nohead, refuse, garbage, surplus,
    late, bye, idle, leave, die, hang, dumps, grow, health, stubborn, process, deaf, escape)}


# ---- how it starts ----

class Start:
    values = True

    def honest(self):
        pass

    def mute(self):
        """Lives, and reads, but does not answer FCGI_GET_VALUES."""
        self.values = False

    def never(self):
        """Lives, but never accepts."""
        say("never accepts")
        while True:
            time.sleep(1)

    def exits(self):
        """Exits at once with the reason on stderr; unless the file in the second argument is there."""
        if len(sys.argv) < 3 or not os.path.exists(sys.argv[2]):
            sys.stderr.write("ImportError: no module named shop\n")
            sys.exit(3)

    def brief(self):
        """Two seconds without the first byte on a new connection, and it is closed, as libfcgi does."""
        self.patience = 2


START = Start()
getattr(START, sys.argv[1] if len(sys.argv) > 1 else "honest")()
LISTENER = socket.socket(fileno=os.dup(0))
LISTENER.setblocking(True)
while True:
    try:
        sock, _ = LISTENER.accept()
    except OSError:
        time.sleep(300)
    connections += 1
    link = Link(sock)
    try:
        while True:
            link.begin()
            requests += 1
            link.served += 1
            query = {name: values[0] for name, values in
                     parse_qs(link.params.get("QUERY_STRING", ""), keep_blank_values=True).items()}
            path = link.params.get("PATH_INFO") or link.params.get("SCRIPT_NAME", "")
            try:
                ANSWERS.get(path.rpartition("/")[2], info)(link, query)
            except Aborted:
                link.end()
    except (Closed, OSError):
        pass
    sock.close()
