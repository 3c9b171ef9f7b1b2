"""FastCGI in one file: serve(handler) turns a function into a FastCGI application.

§ refers to the sections of the FastCGI Specification 1.0. A process answers one request at a
time, on one connection at a time: to answer more, whoever started it starts more of it.
"""

import errno
import os
import select
import signal
import socket
import struct
import sys
import time
import traceback

BEGIN_REQUEST, ABORT_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT, STDERR = range(1, 8)  # §8
DATA, GET_VALUES, GET_VALUES_RESULT, UNKNOWN_TYPE = range(8, 12)
REQUEST_COMPLETE, CANT_MPX_CONN, OVERLOADED, UNKNOWN_ROLE = range(4)
RESPONDER, KEEP_CONN = 1, 1

HEADER = struct.Struct(">BBHHBx")  # §3.3: version, type, request id, content length, padding
VALUES = {b"FCGI_MAX_CONNS": b"1", b"FCGI_MAX_REQS": b"1", b"FCGI_MPXS_CONNS": b"0"}  # §4.1


class ProtocolError(Exception):
    """The peer does not speak FastCGI: there is nothing to answer, the connection closes."""


class Gone(Exception):
    """The connection ended: nobody is left to be told anything."""


class Aborted(Exception):
    """The web server no longer wants the answer (§5.4)."""


def pairs(data):
    """The name-value pairs in `data` (§3.4): both lengths first, each in one byte or in four."""
    at = 0
    while at < len(data):
        lengths = []
        for _ in "name", "value":
            size = 4 if data[at : at + 1] >= b"\x80" else 1
            if at + size > len(data):
                raise ProtocolError("a length is cut short")
            lengths.append(int.from_bytes(data[at : at + size], "big") & 0x7FFFFFFF)
            at += size
        value, end = at + lengths[0], at + lengths[0] + lengths[1]
        if end > len(data):
            raise ProtocolError("a name or a value is cut short")
        yield bytes(data[at:value]), bytes(data[value:end])
        at = end


def pair(name, value):
    """One name-value pair, encoded (§3.4)."""
    sizes = (len(part).to_bytes(1, "big") if len(part) < 128
             else (len(part) | 1 << 31).to_bytes(4, "big") for part in (name, value))
    return b"".join(sizes) + name + value


class Connection:
    """Records in, records out. What is written leaves before anything is waited for.

    `another(sock)` waits for bytes between two requests; False if there is to be no other.
    """

    def __init__(self, sock, another):
        self.sock, self.another = sock, another
        self.incoming, self.outgoing = bytearray(), bytearray()

    def send(self, kind, request_id, content=b""):
        """Adds a record, padded to a multiple of 8 bytes as §3.3 recommends."""
        padding = -len(content) % 8
        self.outgoing += HEADER.pack(1, kind, request_id, len(content), padding)
        self.outgoing += content + bytes(padding)
        if len(self.outgoing) > 65536:
            self.flush()

    def flush(self):
        """Sends what was added so far."""
        try:
            self.sock.sendall(self.outgoing)
        except OSError as error:
            raise Gone from error
        self.outgoing.clear()

    def take(self, size, idle):
        """The next `size` bytes from the web server."""
        while len(self.incoming) < size:
            self.flush()
            if idle and not self.another(self.sock):
                raise Gone
            try:
                data = self.sock.recv(65536)
            except OSError as error:
                raise Gone from error
            if not data:
                raise Gone
            self.incoming += data
        taken = bytes(self.incoming[:size])
        del self.incoming[:size]
        return taken

    def receive(self, current=0):
        """The next record of request `current`; without one, the BEGIN_REQUEST of the next.

        All that belongs to neither is answered here, or ignored where §3.3 says so: records of
        a request that is over, such as the rest of a body that nobody read.
        """
        while True:
            version, kind, request_id, length, padding = HEADER.unpack(
                self.take(HEADER.size, not current)
            )
            if version != 1:
                raise ProtocolError("version %d" % version)
            content = self.take(length + padding, not current)[:length]
            if request_id == 0:
                self.manage(kind, content)
            elif kind == BEGIN_REQUEST and current == request_id:
                raise ProtocolError("request %d begins twice" % request_id)
            elif kind == BEGIN_REQUEST and current:
                self.end(request_id, CANT_MPX_CONN)  # §5.5: one request at a time
            elif request_id == current or kind == BEGIN_REQUEST:
                return kind, request_id, content

    def manage(self, kind, content):
        """Management records, request id 0 (§4): what can you do?"""
        if kind == GET_VALUES:
            known = [pair(name, VALUES[name]) for name, _ in pairs(content) if name in VALUES]
            self.send(GET_VALUES_RESULT, 0, b"".join(known))
        else:
            self.send(UNKNOWN_TYPE, 0, struct.pack(">B7x", kind))

    def end(self, request_id, protocol_status, app_status=0):
        self.send(END_REQUEST, request_id, struct.pack(">IB3x", app_status, protocol_status))

    def linger(self):
        """Drains before closing: to close on unread bytes would reset the connection, and the
        web server might lose an answer that it has not read yet."""
        self.flush()
        self.sock.shutdown(socket.SHUT_WR)
        self.sock.settimeout(2)
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline and self.sock.recv(65536):
            pass


class Request:
    """One request in the role of a Responder (§6.2): `environ`, read(), write(), error()."""

    def __init__(self, connection, request_id, keep):
        self.connection, self.id, self.keep = connection, request_id, keep
        self.written = self.complained = self.body_ended = False
        params, self.environ = bytearray(), {}
        while True:  # §5.2: a stream, so a pair may straddle records; an empty one ends it
            kind, content = self.receive()
            if kind == PARAMS and not content:
                break
            if kind == PARAMS:
                params += content
        for name, value in pairs(params):
            self.environ[name.decode("latin-1")] = value.decode("latin-1")

    def receive(self):
        kind, _, content = self.connection.receive(self.id)
        if kind == ABORT_REQUEST:
            raise Aborted
        return kind, content

    def read(self):
        """The next piece of the request body as soon as it is here; b"" at its end (§5.3)."""
        while not self.body_ended:
            kind, content = self.receive()
            if kind == STDIN:
                self.body_ended = not content
                return content
        return b""

    def write(self, data):
        """Adds to the response: header lines, an empty line, the body, as in CGI."""
        self.written = True
        self.stream(STDOUT, data)

    def error(self, message):
        """Adds to the web server's error log."""
        self.complained = True
        self.stream(STDERR, message)

    def stream(self, kind, data):
        for at in range(0, len(data), 65528):  # the most a record can hold, in eights
            self.connection.send(kind, self.id, data[at : at + 65528])

    def finish(self, app_status=0):
        """Ends the streams, then the request; STDERR only if it was used (§5.3, §5.5)."""
        self.connection.send(STDOUT, self.id)
        if self.complained:
            self.connection.send(STDERR, self.id)
        self.connection.end(self.id, REQUEST_COMPLETE, app_status)


def answer_one(connection, handler):
    """Answers the next request; True if the connection is to be kept (§3.5)."""
    _, request_id, content = connection.receive()
    if len(content) < 3:
        raise ProtocolError("a BEGIN_REQUEST of %d bytes" % len(content))
    role, flags = struct.unpack_from(">HB", content)  # §5.1
    keep = bool(flags & KEEP_CONN)
    if role != RESPONDER:
        connection.end(request_id, UNKNOWN_ROLE)
        return keep
    request = None
    try:
        request = Request(connection, request_id, keep)
        handler(request)
        request.finish()
    except Aborted:
        connection.end(request_id, REQUEST_COMPLETE)
    except (Gone, ProtocolError):
        raise
    except Exception:
        request.error(traceback.format_exc().encode())
        if not request.written:
            request.write(b"Status: 500 Internal Server Error\r\n\r\n")
        request.finish(app_status=1)
    return request.keep if request else keep


def answer(sock, handler, another=lambda sock: True):
    """Answers the requests of one connection until either side closes it."""
    connection = Connection(sock, another)
    try:
        while answer_one(connection, handler):
            connection.flush()
        connection.linger()
    except ProtocolError as problem:
        print("fastcgi: connection closed:", problem, file=sys.stderr, flush=True)
    except (Gone, OSError):
        pass
    finally:
        sock.close()


def listening_socket():
    """Descriptor 0 is a socket that listens (§2.2): it has no peer, and that can be asked."""
    try:
        listener = socket.socket(fileno=os.dup(0))
        listener.getpeername()
    except OSError as error:
        if error.errno == errno.ENOTCONN:
            return listener
    sys.exit("%s: descriptor 0 is no listening socket; start me with gatepool or spawn-fcgi"
             % sys.argv[0])


def serve(handler):
    """Calls handler(request) for every request; returns when there is no more to be done: at
    SIGTERM (§7), between two requests, or when the listening socket has gone."""
    listener = listening_socket()
    listener.setblocking(False)  # it may be shared: another process may be faster to accept
    stop, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno())  # a signal writes a byte there, a wait then ends
    signal.signal(signal.SIGTERM, lambda *_: None)
    allowed = os.environ.get("FCGI_WEB_SERVER_ADDRS", "").split(",")  # §3.2

    def wait(sock):
        """What happened to `sock`; nothing if the signal came first."""
        poll = select.poll()
        poll.register(stop, select.POLLIN)
        poll.register(sock, select.POLLIN | select.POLLRDHUP)
        events = dict(poll.poll())
        return events[sock.fileno()] if stop.fileno() not in events else 0

    while wait(listener) == select.POLLIN:  # all else: it was shut down, or we are to stop
        try:
            sock, peer = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            continue
        except OSError:
            return
        if sock.family != socket.AF_UNIX and allowed != [""] and peer[0] not in allowed:
            sock.close()
        else:
            answer(sock, handler, wait)
