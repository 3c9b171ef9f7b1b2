#!/usr/bin/env python3
"""A WSGI server that speaks FastCGI: one process of a Python web application.

    gatepool_wsgi.py [--threads N] [--multiplex N] [--multiprocess]
                     [--pythonpath DIR]... [--chdir DIR] TARGET

Descriptor 0 is the listening socket, as the FastCGI specification has it, so any FastCGI manager
can start this program: gatepool, spawn-fcgi, multiwatch. TARGET names the application:

    module                        its attribute "application"
    module:attribute              also module:object.attribute
    module:factory()              what the factory returns; arguments are literals
    path/to/file.py[:attribute]

The file is in the order in which a request meets it: the wire, the body that the application
reads, the response that it makes, the connection, the worker, and how the application is found.
"PEP" is PEP 3333, the definition of WSGI; § is a section of the FastCGI Specification 1.0.
"""

import errno
import faulthandler
import gc
import os
import select
import signal
import socket
import struct
import sys
import time
from _thread import get_ident
from collections import deque
from functools import lru_cache
from io import BytesIO

CHUNK = 65536  # one recv(), and what is kept in memory of a body that nobody reads yet
MAX_CONTENT = 65535  # of one record (§3.3): its length has 16 bits
MAX_PARAMS = 1 << 20  # of one request: what a web server lets through is far below
KNOWN_ENVIRONS = 64  # beginnings of environs that are remembered: one for each name of the server
KNOWN_LENGTH = 2048  # of their pairs: clients make up names of hosts, and long ones would fill the memory
CHECK_SECONDS = 2  # how often an idle process looks whether anybody needs it
LINGER_SECONDS = 2  # how long a connection that closes waits for the rest of a body

# --- The wire ---------------------------------------------------------------------------------

BEGIN_REQUEST, ABORT_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT, STDERR = range(1, 8)  # §8
DATA, GET_VALUES, GET_VALUES_RESULT, UNKNOWN_TYPE = range(8, 12)
REQUEST_COMPLETE, CANT_MPX_CONN, OVERLOADED, UNKNOWN_ROLE = range(4)
RESPONDER, KEEP_CONN = 1, 1

HEADER = struct.Struct(">BBHHBx")  # §3.3: version, type, request id, content length, padding
BEGIN_BODY = struct.Struct(">HB5x")  # §5.1: role, flags
END_BODY = struct.Struct(">IB3x")  # §5.5: application status, protocol status
# BEGIN_REQUEST and the header of PARAMS behind it; version and type of a record are one number.
OPENING = struct.Struct(">HHHBx HB5x HHHBx")
MORE_PARAMS = struct.Struct(">HHHBx")  # the header of another record of PARAMS
BEGINS, PARAMS_FOLLOW = 0x0100 + BEGIN_REQUEST, 0x0100 + PARAMS


class ProtocolError(Exception):
    """The peer does not speak FastCGI: there is nothing to answer, the connection closes."""


class Disconnected(ConnectionAbortedError):
    """Nobody waits for this response any more. The application may see it: it is an OSError."""


def record(kind, request_id, content=b""):
    """One record, without padding: §3.3 recommends it, and no reader gains by it today."""
    return HEADER.pack(1, kind, request_id, len(content), 0) + content


def end_record(request_id, protocol_status, app_status=0):
    return record(END_REQUEST, request_id, END_BODY.pack(app_status, protocol_status))


# Few ids are in use, and the same bytes again and again: so what these three make of them is kept.


@lru_cache(maxsize=256)
def opening(data):
    """What BEGIN_REQUEST and the header of PARAMS behind it say: the id of the request, whether it
    keeps the connection, the length and the padding of PARAMS, and how a request without a body
    ends. None if they are something else."""
    if len(data) != OPENING.size:
        return None
    kind, request_id, size, padding, role, flags, params, same_id, length, more = (
        OPENING.unpack(data))
    if (kind != BEGINS or size != BEGIN_BODY.size or padding or role != RESPONDER
            or params != PARAMS_FOLLOW or request_id != same_id or not request_id or not length):
        return None
    return request_id, bool(flags & KEEP_CONN), length, more, end_of_request(request_id)


def end_of_request(request_id):
    """The end of PARAMS and of a body that is empty: empty records (§3.3)."""
    return record(PARAMS, request_id) + record(STDIN, request_id)


@lru_cache(maxsize=64)
def end_of_response(request_id, complained, app_status):
    """The end of all streams that were written to (§5.3), and of the request."""
    streams = (STDOUT, STDERR) if complained else (STDOUT,)
    return (b"".join([record(kind, request_id) for kind in streams])
            + end_record(request_id, REQUEST_COMPLETE, app_status))


def parse_pairs(data, into):
    """Adds the name-value pairs of `data` to a dict (§3.4); of a name given twice the last wins.

    PEP: strings have "only code points representable in ISO-8859-1": a byte is a character.
    """
    text = data.decode("latin-1")
    at, end = 0, len(data)
    try:
        while at < end:
            name, value = data[at], data[at + 1]
            if name < 128 and value < 128:  # both lengths in one byte: nearly always
                at += 2
            else:
                name, at = parse_length(data, at)
                value, at = parse_length(data, at)
            middle = at + name
            name = text[at:middle]
            at = middle + value
            into[name] = text[middle:at]
    except IndexError:
        at = end + 1
    if at > end:
        raise ProtocolError("a name-value pair claims more bytes than there are")


def parse_length(data, at):
    """A length of one byte, or of four whose top bit says so; and where it ends."""
    if data[at] < 128:
        return data[at], at + 1
    return int.from_bytes(data[at : at + 4], "big") & 0x7FFFFFFF, at + 4


# --- What the application reads and complains to ----------------------------------------------


class Input:
    """wsgi.input: the body of a request, read from the connection only as it is asked for.

    A request that waits behind another one is fed as well. Its body stays in memory up to CHUNK
    bytes and goes to an unnamed temporary file beyond.
    """

    __slots__ = ("request", "buffer", "at", "left", "ended", "spool", "spool_at")

    def __init__(self, request):
        self.request = request
        self.buffer, self.at = b"", 0  # bytes that are here, and how many of them were read
        self.left = None  # how many are to be read yet, if CONTENT_LENGTH tells
        self.ended = False  # whether the end of STDIN has come
        self.spool, self.spool_at = None, 0

    # PEP: "The semantics of each method are as documented in the Python Library Reference". So
    # read(size) gives less than size bytes only at the end.

    def read(self, size=-1):
        if size is None or size < 0:
            # PEP: "A server should allow read() to be called without an argument, and return the
            # remainder of the client's input stream".
            return b"".join(iter(self.take, b""))
        piece = self.take(size)
        if len(piece) == size or not piece:
            return piece
        pieces = [piece]
        while piece and size > len(piece):
            size -= len(piece)
            piece = self.take(size)
            pieces.append(piece)
        return b"".join(pieces)

    def readline(self, size=-1):
        # PEP: "Servers should support the optional 'size' argument to readline()".
        pieces = []
        wanted = sys.maxsize if size is None or size < 0 else size
        while wanted and self.ready():
            end = self.buffer.find(b"\n", self.at) + 1 or len(self.buffer)
            piece = self.take(min(end - self.at, wanted))
            pieces.append(piece)
            if piece.endswith(b"\n"):
                break
            wanted -= len(piece)
        return b"".join(pieces)

    def readlines(self, hint=-1):
        lines, total = [], 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def __iter__(self):
        return iter(self.readline, b"")

    def take(self, size=CHUNK):
        """At most `size` bytes, as soon as there is one; b"" at the end of the body.

        PEP: "A server should return empty bytestrings from any attempt to read from an empty or
        exhausted input stream".
        """
        if size == 0 or not self.ready():
            return b""
        if self.left is not None:
            size = min(size, self.left)
        piece = self.buffer[self.at : self.at + size]
        self.at += len(piece)
        if self.left is not None:
            self.left -= len(piece)
        return piece

    def ready(self):
        """Whether there is a byte to read; waits until that is known.

        PEP: a server "should simulate an end-of-file condition if the application attempts to
        read past" the Content-Length. A body that was lost on its way must not look like a short
        one: it raises an OSError.
        """
        if self.left == 0:
            return False
        while self.at == len(self.buffer):
            if self.request.aborted:
                raise Disconnected("the request was aborted")
            if self.spool:
                self.unspool()
            elif not self.ended:
                if not self.request.connection.receive():
                    raise Disconnected("the connection was lost within the request body")
            elif self.left:
                raise OSError("the request body was cut: %d bytes are missing" % self.left)
            else:
                return False
        return True

    def feed(self, content, waiting):
        """Takes the content of one STDIN record; an empty one is the end (§3.3)."""
        if not content:
            self.ended = True
        elif self.spool or (waiting and len(self.buffer) + len(content) > CHUNK):
            if not self.spool:
                from tempfile import TemporaryFile  # only here: most processes never need it

                self.spool = TemporaryFile(prefix="gatepool-wsgi-")
            self.spool.seek(0, os.SEEK_END)
            self.spool.write(content)
        else:
            self.buffer = self.buffer[self.at :] + content
            self.at = 0

    def unspool(self):
        self.spool.seek(self.spool_at)
        self.buffer, self.at = self.spool.read(CHUNK), 0
        self.spool_at += len(self.buffer)
        if not self.buffer:
            self.discard()

    def discard(self):
        if self.spool:
            self.spool.close()
            self.spool = None


RUNNING = {}  # the request that a thread is answering, by the thread's identifier


class Errors:
    """wsgi.errors, and sys.stderr too: the FCGI_STDERR of the request that this thread answers.

    Without one, as while modules are imported or in threads that the application started, it is
    descriptor 2. PEP: "servers and gateways are free to forward write operations immediately".
    """

    def __init__(self, outside):
        self.outside = outside

    def write(self, text):
        request = RUNNING.get(get_ident())
        if request:
            request.complain(text)
        else:
            self.outside.write(text)
            self.outside.flush()
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        self.outside.flush()

    def __getattr__(self, name):  # encoding, isatty(), fileno() and so on
        return getattr(self.outside, name)


class FileWrapper:
    """wsgi.file_wrapper, for any object with read(). PEP: "It may have a close() method, and if
    so, the iterable returned by wsgi.file_wrapper must have a close() method that invokes" it."""

    def __init__(self, filelike, block_size=8192):
        # PEP: a "block size 'suggestion' (which the server/gateway need not use)": the 8192 of
        # most applications would make eight times as many records.
        self.filelike, self.block_size = filelike, max(block_size, CHUNK)
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self):
        return iter(lambda: self.filelike.read(self.block_size), b"")


# --- One request ------------------------------------------------------------------------------

# PEP: "Applications and middleware are forbidden from using HTTP/1.1 'hop-by-hop' features or
# headers", and a server "should consider it a fatal error for an application to attempt sending
# them".
HOP_BY_HOP = frozenset(("connection", "keep-alive", "proxy-authenticate", "proxy-authorization",
                        "te", "trailer", "trailers", "transfer-encoding", "upgrade"))
TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
CONTROLS = bytes(range(32)) + b"\x7f"
# What settle() looks at: what describes the body, and the same header once more, as if it were
# another; and what else is not always as an application may expect it.
BODY_HEADERS = (("CONTENT_TYPE", "HTTP_CONTENT_TYPE"), ("CONTENT_LENGTH", "HTTP_CONTENT_LENGTH"))
UNSETTLED = frozenset(("CONTENT_TYPE", "HTTP_CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_CONTENT_LENGTH",
                       "HTTPS", "SERVER_NAME", "SERVER_PORT", "SCRIPT_NAME"))


def settle(environ):
    """Makes of what a web server says what PEP asks for."""
    if "HTTPS" in environ and environ["HTTPS"].lower() in ("on", "1", "yes"):
        # PEP: "if SSL is in use", there are "variables ... such as HTTPS=on".
        environ["wsgi.url_scheme"] = "https"
    # PEP: both "May be empty or absent". nginx sends both always; int("") helps nobody.
    for name, again in BODY_HEADERS:
        if name in environ and not environ[name]:
            del environ[name]
        if again in environ:
            del environ[again]
    # PEP: "SERVER_NAME and SERVER_PORT are required strings and must never be empty".
    if not environ["SERVER_NAME"]:
        environ["SERVER_NAME"] = "localhost"
    if not environ["SERVER_PORT"]:
        environ["SERVER_PORT"] = "443" if environ["wsgi.url_scheme"] == "https" else "80"
    # PEP: SCRIPT_NAME "may be an empty string, if the application corresponds to the 'root'
    # of the server". The slash is the beginning of PATH_INFO.
    if environ["SCRIPT_NAME"] == "/":
        environ["SCRIPT_NAME"] = ""
        if not environ["PATH_INFO"].startswith("/"):
            environ["PATH_INFO"] = "/" + environ["PATH_INFO"]


@lru_cache(maxsize=64)
def status_line(status):
    """The line of it, whether it has no Content-Length (RFC 9110, 8.6), and whether no body (6.4).
    PEP: "a status string of the form '999 Message here'"."""
    if not isinstance(status, str):
        raise TypeError("the status must be a str, not %s" % kind_of(status))
    if not (status[:3].isdecimal() and status[3:4] == " "):
        raise ValueError("the status must be three digits, a space and a reason, not %r" % status)
    without_length = status[0] == "1" or status.startswith("204")
    line = ("Status: " + status).encode("latin-1")
    if len(line.translate(None, CONTROLS)) != len(line):
        raise ValueError("the status contains a control character: %r" % status)
    return line + b"\r\n", without_length, without_length or status.startswith("304")


# What header_line() has found lately. lru_cache() would do, but what changes with each response
# would cost it as much again.
KNOWN_LINES = {}
GOOD_NAMES = {}  # header names that check_name() has passed before


def header_line(header):
    """The line of a pair of name and value, and the number if it is a Content-Length."""
    name, value = header
    lower = GOOD_NAMES.get(name) or check_name(name)
    if not isinstance(value, str):
        raise TypeError("the value of the header %s must be a str, not %s"
                        % (name, kind_of(value)))
    length = None
    if lower == "content-length":
        if not (value.isdecimal() and len(value) < 20):
            raise ValueError("Content-Length must be a number, not %r" % value)
        length = int(value)
    # PEP: "It is a fatal error for an application to supply strings containing any other
    # Unicode character" than those of ISO-8859-1: this raises a UnicodeEncodeError.
    line = (name + ": " + value).encode("latin-1")
    # PEP: "Each header_value must not include any control characters". None of them is printable.
    if not value.isprintable() and len(line.translate(None, CONTROLS)) != len(line):
        raise ValueError("the header %s contains a control character: %r" % (name, value))
    found = line + b"\r\n", length
    if len(line) < 256 and type(header) is tuple:
        if len(KNOWN_LINES) >= 256:
            KNOWN_LINES.clear()
        KNOWN_LINES[header] = found
    return found


def check_name(name):
    """A header name in lower case. PEP: each "must be a valid HTTP header field-name"."""
    if not isinstance(name, str):
        raise TypeError("a header name must be a str, not %s" % kind_of(name))
    lower = name.lower()
    if not name or not TOKEN.issuperset(name):
        raise ValueError("%r is no header name" % name)
    if lower in HOP_BY_HOP:
        raise ValueError("%s is a hop-by-hop header: it is the server's" % name)
    if lower == "status":
        raise ValueError("the header Status is the status itself on this way; choose another name")
    if len(GOOD_NAMES) < 1000:
        GOOD_NAMES[name] = lower
    return lower


def kind_of(thing):
    return "None" if thing is None else type(thing).__name__


class Request:
    """One call of the application: an environ goes in, a response comes out."""

    # What it begins with, at the class: that costs a request nothing.
    params_ended = False
    settled = None  # what to begin with instead of the base, unless the pairs have to do with it
    input = None  # an Input; None if it has come with the end of its body, so that there is none
    aborted = False
    is_head = False
    head = None  # what start_response() was given, in bytes
    bodiless = False  # whether the response has no body: HEAD, 204, 304
    left = None  # bytes of the body that are to come yet, if Content-Length tells
    started = False  # whether the head is on its way
    held = b""  # a record that leaves together with the end
    cut = False  # whether the application gave more than its Content-Length
    unfinished_line, complained = "", False

    def __init__(self, connection, request_id, keep, base, params):
        self.connection, self.id, self.keep = connection, request_id, keep
        self.base, self.params = base, params  # an environ to begin with, and the pairs for it

    def environ(self):
        added = {}
        parse_pairs(self.params, added)
        self.params = b""  # they are not needed twice
        # PEP: "This object must be a builtin Python dictionary", and "the application is allowed
        # to modify the dictionary in any way it desires": so there is a new one each time.
        if self.settled and UNSETTLED.isdisjoint(added):
            environ = self.settled.copy()
            environ.update(added)
        else:
            environ = self.base.copy()
            environ.update(added)
            settle(environ)
            length = environ.get("CONTENT_LENGTH")
            if length and not self.input:
                self.input = Input(self)  # it says so if there are bytes missing
                self.input.ended = True
            if length and length.isdecimal() and len(length) < 20:
                self.input.left = int(length)
        environ["wsgi.input"] = self.input or BytesIO()
        self.is_head = environ["REQUEST_METHOD"] == "HEAD"
        return environ

    def start_response(self, status, headers, exc_info=None, /):
        """Keeps the head of the response. PEP: "the start_response callable must not actually
        transmit the response headers. Instead, it must store them"."""
        if exc_info:
            try:
                if self.started:
                    # PEP: "if exc_info is provided, and the HTTP headers have already been
                    # sent, start_response must raise an error, and should re-raise using the
                    # exc_info tuple".
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                # PEP: "to avoid creating a circular reference through the traceback".
                exc_info = None
        elif self.head is not None:
            # PEP: "it is a fatal error to call start_response without the exc_info argument if
            # start_response has already been called within the current invocation".
            raise AssertionError("start_response() was called twice, without exc_info")
        # PEP: "This includes the case where the first call to start_response raised an error".
        self.head = b""
        head, without_length, bodiless = status_line(status)
        # PEP: "It must be a Python list; i.e. type(response_headers) is ListType".
        if not isinstance(headers, list):
            raise TypeError("the headers must be a list, not %s" % kind_of(headers))
        self.bodiless = self.is_head or bodiless
        self.left = None
        for header in headers:  # in their order, duplicates too
            try:
                known = KNOWN_LINES.get(header)
            except TypeError:  # a list, or there is one in it
                known = None
            line, length = known or header_line(header)
            if length is not None:
                if self.left not in (None, length):
                    raise ValueError("Content-Length is there twice, with different values")
                self.left = length
                if without_length:  # RFC 9110, 8.6
                    continue
            head += line
        self.head = head
        return self.write

    def write(self, block):
        """What start_response() returns. PEP: a block is "treated exactly as though it had been
        yielded by the output iterable"."""
        self.send(block)

    def send_all(self, result):
        """Sends what the application returned."""
        if type(result) in (list, tuple) and len(result) == 1:
            self.send(result[0], is_all=True)
            return
        is_file = isinstance(result, FileWrapper)
        for block in result:
            self.send(block)
            # PEP: "should stop iterating over the response when enough data has been sent".
            if self.cut or (self.started and self.bodiless) or (is_file and self.left == 0):
                break
        if is_file:
            # PEP: a file is sent "until the end is reached, or until Content-Length bytes have
            # been written": that there is more of it is no error.
            self.cut = False
        if not self.started:
            # PEP: "response headers must not be sent until there is actual body data available,
            # or until the application's returned iterable is exhausted".
            self.send(b"", is_all=True)

    def send(self, block, is_all=False):
        """Sends a block, and before the first one the head. PEP: "servers, gateways, and
        middleware must not delay the transmission of any block". Only where nothing can follow,
        `is_all`, it is held for the moment that it takes to send it together with the end."""
        if not isinstance(block, bytes):
            # PEP: "the value must be of type bytes under Python 3".
            raise TypeError("a block of the response must be bytes, not %s" % kind_of(block))
        if not self.head:
            # PEP: "the application must invoke the start_response() callable before the iterable
            # yields its first body bytestring".
            raise AssertionError("start_response() was not called before the body began")
        if not block and not is_all:
            return
        if self.started:
            self.connection.look_up()
        if self.aborted:
            raise Disconnected("the request was aborted")
        if self.bodiless:
            block = b""
        elif self.left is not None:
            # PEP: "should not transmit more bytes to the client than the header allows".
            if len(block) > self.left:
                self.cut = True
                block = block[: self.left]
            self.left -= len(block)
        if not self.started:
            self.started = True
            if is_all and self.left is None and not self.bodiless:
                # PEP: for "an iterable whose len() is 1 ... the server can automatically
                # determine Content-Length".
                self.head += b"Content-Length: %d\r\n" % len(block)
            block = self.head + b"\r\n" + block
        if not block:
            pass  # an empty record would be the end of the stream
        elif is_all and len(block) <= MAX_CONTENT:
            self.held = record(STDOUT, self.id, block)
        else:
            self.connection.send_stream(STDOUT, self.id, block)

    def complain(self, text):
        """Sends what was written to wsgi.errors, in whole lines: the manager's log has lines."""
        lines, newline, self.unfinished_line = (self.unfinished_line + text).rpartition("\n")
        if newline:
            data = (lines + newline).encode("utf-8", "backslashreplace")
            try:
                self.connection.send_stream(STDERR, self.id, data)
                self.complained = True
            except Disconnected:
                os.write(2, data)

    def report(self, error):
        """PEP: "Servers should trap and log any exception that aborts an application or the
        iteration of its return value"."""
        from traceback import format_exception  # only here: it is large, and mostly not needed

        frames = error.__traceback__
        frames = frames.tb_next or frames  # without our own one
        if self.unfinished_line:
            self.complain("\n")
        self.complain("".join(format_exception(type(error), error, frames)))
        if not isinstance(error, Exception):  # sys.exit(), which is no way to end a request
            self.connection.worker.stop()

    def run(self):
        """Calls the application and sends its response.

        False if the connection has to be closed: after a response that cannot be completed, for
        its truncation must be seen, or because the peer wants it so.
        """
        result, whole, app_status = None, False, 0
        environ = self.environ()
        try:
            result = self.connection.worker.application(environ, self.start_response)
            self.send_all(result)
            whole = not self.left or self.bodiless
            if self.cut:
                self.complain("the application gave more than its Content-Length: cut\n")
            elif not whole:
                # PEP: "if the application does not provide enough data ... the server should
                # close the connection and log or otherwise report the error".
                self.complain("the application gave %d bytes less than its Content-Length: the "
                              "response is aborted\n" % self.left)
        except Disconnected:
            pass  # nobody is left to be told
        except BaseException as error:
            self.report(error)
        # PEP: "If the iterable returned by the application has a close() method, the server or
        # gateway must call that method upon completion of the current request, whether the
        # request was completed normally, or terminated early".
        close = getattr(result, "close", None)
        if close:
            try:
                close()
            except BaseException as error:
                self.report(error)
        if self.connection.broken:
            return False
        if self.aborted:
            self.connection.send(end_record(self.id, REQUEST_COMPLETE, 1))  # §5.4
            return self.keep
        if self.unfinished_line:
            self.complain("\n")
        if not whole and not self.started:
            self.held = record(STDOUT, self.id, ERROR_HEAD if self.is_head else ERROR)
            whole, app_status = True, 1
        end = end_of_response(self.id, self.complained, app_status) if whole else b""
        self.connection.send(self.held + end)
        return whole and self.keep


ERROR_HEAD = (b"Status: 500 Internal Server Error\r\nContent-Type: text/plain\r\n"
              b"Content-Length: 22\r\n\r\n")
ERROR = ERROR_HEAD + b"Internal Server Error\n"

# --- The connection ---------------------------------------------------------------------------


class Connection:
    """One connection of the web server, and the requests on it.

    One request runs; others may arrive interleaved with it (§3.3) and are answered in the order
    in which they were complete. A thread serves a connection from beginning to end.
    """

    def __init__(self, worker, sock):
        self.worker, self.sock = worker, sock
        self.rest = b""  # the beginning of a record whose end has not come yet
        self.requests = {}  # those that have begun and are not over, by their id
        self.ready = deque()  # those whose environ is here
        self.running = None
        self.ended = False  # whether nothing more can come
        self.broken = False  # whether nothing can be sent any more
        sock.setblocking(True)
        # A recv() that waits fails after that time: the kernel's own timeout costs nothing,
        # socket.settimeout() would cost a poll() before each recv().
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", CHECK_SECONDS, 0))
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def serve(self):
        """Answers requests until one of both sides wants no more."""
        thread = get_ident()
        try:
            while not self.worker.stopping:
                while not self.ready:
                    if not self.receive():
                        return
                request = self.running = RUNNING[thread] = self.ready.popleft()
                keep = request.run()
                del RUNNING[thread]
                if not keep:
                    return
                del self.requests[request.id]
                if request.input:
                    request.input.discard()
                    # It knows the request: a cycle would wait for the collector.
                    request.input = None
                self.running = None
        except Disconnected:
            pass
        except ProtocolError as problem:
            self.give_up(problem)
        finally:
            RUNNING.pop(thread, None)
            self.close()

    def receive(self, flags=0):
        """Takes in what has arrived, waiting for it unless `flags` say no; False at the end."""
        while not self.ended:
            try:
                data = self.sock.recv(CHUNK, flags)
            except BlockingIOError:
                if flags:
                    return True
                if self.running or (self.requests and not self.worker.stopping):
                    continue
                if self.worker.wants_to_wait():
                    continue
                data = b""
            except ConnectionError:
                data = b""
            if data:
                try:
                    self.take_records(self.rest + data)
                    return True
                except Disconnected:
                    pass
                except (ProtocolError, OSError) as problem:  # OSError: the disk is full
                    self.give_up(problem)
            self.ended = True
        return False

    def give_up(self, problem):
        """What has come cannot be understood, so what comes next cannot either."""
        say("connection closed: %s" % problem)
        self.broken = self.ended = True

    def take_records(self, data):
        at, end = 0, len(data)
        while end - at >= 8:
            after = self.take_simple(data, at)
            if after:
                at = after
                continue
            version, kind, request_id, length, padding = HEADER.unpack_from(data, at)
            if version != 1:
                raise ProtocolError("a record of FastCGI version %d, not 1" % version)
            begin = at + 8
            after = begin + length + padding
            if after > end:
                break
            self.take_record(kind, request_id, data[begin : begin + length])
            at = after
        self.rest = data[at:]

    def take_simple(self, data, at):
        """Takes a request without a body, if all of its records are here, one behind the other, and
        PARAMS is one of them, or two: most requests come like that, and each record by itself would
        cost them as much as the parsing of their environ.

        Of two records gatepool puts into the first what is the same for nearly all requests, so
        that is parsed only if it was not seen before.

        Returns where it ends; 0 if it is none of those, and then nothing was taken.
        """
        begin = at + OPENING.size
        opened = opening(data[at:begin])
        if not opened:
            return 0
        request_id, keep, length, padding, ending = opened
        end = begin + length
        after = end + padding
        if len(data) < after + MORE_PARAMS.size:
            return 0
        base, settled = self.worker.environ, None
        following, next_id, next_length, padding = MORE_PARAMS.unpack_from(data, after)
        if next_length:
            if following != PARAMS_FOLLOW or next_id != request_id:
                return 0
            try:
                known = length <= KNOWN_LENGTH
                begin_environ = self.worker.known_environ if known else self.worker.begin_environ
                base, settled = begin_environ(data[begin:end])
            except ProtocolError:  # a pair straddles the two
                return 0
            begin = after + MORE_PARAMS.size
            end = begin + next_length
            after = end + padding
        at = after + len(ending)
        if (data[after:at] != ending or request_id in self.requests
                or len(self.requests) >= self.worker.multiplex):
            return 0
        request = Request(self, request_id, keep, base, data[begin:end])
        request.settled, request.params_ended = settled, True
        self.requests[request_id] = request
        self.ready.append(request)
        return at

    def take_record(self, kind, request_id, content):
        request = self.requests.get(request_id)
        if request_id == 0:
            self.manage(kind, content)
        elif kind == BEGIN_REQUEST:
            self.begin(request_id, content)
        elif request is None:
            pass  # §3.3: of a request that is over or unknown, such as the rest of its body
        elif kind == PARAMS:
            if request.params_ended:
                raise ProtocolError("PARAMS behind their end")
            request.params += content  # §5.2: a stream, so a pair may straddle records
            if len(request.params) > MAX_PARAMS:
                raise ProtocolError("more than %d bytes of PARAMS" % MAX_PARAMS)
            if not content:
                request.params_ended = True
                self.ready.append(request)
        elif kind == STDIN and request.input:
            request.input.feed(content, waiting=request is not self.running)
        elif kind == ABORT_REQUEST:
            self.abort(request)

    def begin(self, request_id, content):
        if len(content) < BEGIN_BODY.size:
            raise ProtocolError("BEGIN_REQUEST with %d bytes" % len(content))
        role, flags = BEGIN_BODY.unpack_from(content)
        keep = bool(flags & KEEP_CONN)
        if request_id in self.requests:
            raise ProtocolError("request %d begins twice" % request_id)
        if role != RESPONDER:
            refusal = UNKNOWN_ROLE
        elif len(self.requests) < self.worker.multiplex:
            request = Request(self, request_id, keep, self.worker.environ, bytearray())
            request.input = Input(request)
            self.requests[request_id] = request
            return
        else:
            refusal = CANT_MPX_CONN if self.worker.multiplex == 1 else OVERLOADED
        self.send(end_record(request_id, refusal))
        if not keep and not self.requests:
            self.ended = True

    def abort(self, request):
        """§5.4. A request that runs notices at its next read or write; others are just dropped."""
        if request is self.running:
            request.aborted = True
        else:
            del self.requests[request.id]
            if request in self.ready:
                self.ready.remove(request)
            if request.input:
                request.input.discard()
            self.send(end_record(request.id, REQUEST_COMPLETE))

    def manage(self, kind, content):
        """Management records, request id 0 (§4): what can this program do?"""
        if kind != GET_VALUES:
            self.send(record(UNKNOWN_TYPE, 0, struct.pack(">B7x", kind)))
            return
        asked = {}
        parse_pairs(content, asked)
        answer = b""
        for name, value in self.worker.values.items():
            if name in asked:
                answer += bytes((len(name), len(value))) + name.encode() + value.encode()
        self.send(record(GET_VALUES_RESULT, 0, answer))

    def look_up(self):
        """Between two blocks of a response: takes in what has arrived, an ABORT_REQUEST perhaps.
        Not when that is only more of a body that the application does not read."""
        pending = self.running.input
        if not pending or (not pending.spool and len(pending.buffer) - pending.at < CHUNK):
            self.receive(socket.MSG_DONTWAIT)

    def send(self, data):
        if self.broken:
            raise Disconnected("the connection was lost")
        try:
            self.sock.sendall(data)
        except OSError as error:
            self.broken = True
            raise Disconnected("the connection was lost") from error

    def send_stream(self, kind, request_id, data):
        """Sends a part of a stream (§3.3) in as many records as it takes."""
        if len(data) <= MAX_CONTENT:
            self.send(record(kind, request_id, data))
            return
        view = memoryview(data)
        for at in range(0, len(data), MAX_CONTENT):
            self.send(record(kind, request_id, view[at : at + MAX_CONTENT]))

    def close(self):
        try:
            for request in self.requests.values():
                if request.input:
                    request.input.discard()
                if request is not self.running:  # not begun: it can safely run elsewhere
                    self.send(end_record(request.id, OVERLOADED))
            # To close on bytes that nobody has read would reset the connection, and the web
            # server might lose an answer that it has not read yet.
            self.sock.shutdown(socket.SHUT_WR)
            deadline = time.monotonic() + LINGER_SECONDS
            if any(request.input and not request.input.ended for request in self.requests.values()):
                while not self.ended and time.monotonic() < deadline and self.sock.recv(CHUNK):
                    pass
        except OSError:
            pass
        finally:
            self.sock.close()


# --- The worker -------------------------------------------------------------------------------


class Worker:
    """The process: accepts connections on descriptor 0, in as many threads as it was told."""

    def __init__(self, options, errors):
        self.application = None
        self.threads, self.multiplex = options.threads, options.multiplex
        self.listener = listening_socket()
        self.manager = None  # its process id, once it is known
        self.socket_file = self.stat_socket()
        self.stopping = False
        self.connections = set()
        self.alarm, self.bell = socket.socketpair()
        self.environ, self.values = self.constants(options, errors)
        self.known_environ = lru_cache(maxsize=KNOWN_ENVIRONS)(self.begin_environ)

    @staticmethod
    def constants(options, errors):
        """What is the same in each environ, and the answers to FCGI_GET_VALUES (§4.1)."""
        environ = {
            # For the web server that leaves them out.
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": "",
            "QUERY_STRING": "",
            "SERVER_NAME": "",
            "SERVER_PORT": "",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": errors,
            "wsgi.multithread": options.threads > 1,
            "wsgi.multiprocess": options.multiprocess,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,  # read() ends where the body does, chunked or not
            "wsgi.file_wrapper": FileWrapper,
        }
        values = {
            "FCGI_MAX_CONNS": str(options.threads),
            "FCGI_MAX_REQS": str(options.threads * options.multiplex),
            "FCGI_MPXS_CONNS": "1" if options.multiplex > 1 else "0",
        }
        return environ, values

    def begin_environ(self, pairs):
        """What an environ with these pairs begins with, and the same settled, or None where that
        takes the others too; nobody may change them."""
        environ = self.environ.copy()
        parse_pairs(pairs, environ)
        if environ["SCRIPT_NAME"] == "/" or environ.get("CONTENT_LENGTH"):
            return environ, None
        settled = environ.copy()
        settle(settled)
        return environ, settled

    def run(self):
        if self.threads > 1:
            from threading import Thread

            for _ in range(self.threads - 1):
                Thread(target=self.accept_all).start()
        self.accept_all()  # Python waits for the other threads before it ends

    def accept_all(self):
        try:
            self.accept_until_stopped()
        finally:
            self.stop()  # all threads, should one of them fail

    def accept_until_stopped(self):
        """Serves one connection after the other. Each thread does so, and each process that
        shares the socket: whoever comes too late for a connection waits for the next."""
        poll = select.poll()
        poll.register(self.listener, select.POLLIN)
        poll.register(self.alarm, select.POLLIN)
        allowed = os.environ.get("FCGI_WEB_SERVER_ADDRS", "").split(",")  # §3.2
        while not self.stopping:
            if not poll.poll(CHECK_SECONDS * 1000):
                self.check()
                continue
            if self.stopping:
                break
            try:
                sock, peer = self.listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                continue
            except OSError as error:
                if error.errno == errno.EINVAL:  # the socket was shut down
                    break
                say("cannot accept a connection: %s" % error)
                time.sleep(1)  # too many open files: they may become fewer
                continue
            if sock.family != socket.AF_UNIX and allowed != [""] and peer[0] not in allowed:
                sock.close()
                continue
            connection = Connection(self, sock)
            self.connections.add(connection)
            connection.serve()
            self.connections.remove(connection)

    def wants_to_wait(self):
        """Whether to wait any longer on an idle connection. It gives way to one that wants to be
        accepted: a web server may keep more connections than there are workers."""
        self.check()
        waiting = select.poll()
        waiting.register(self.listener, select.POLLIN)
        return not self.stopping and not waiting.poll(0)

    def check(self):
        """Stops an idle process that nobody can need any more."""
        # The first look is late on purpose: spawn-fcgi leaves once it has seen its child live.
        parent = os.getppid()
        if not self.manager:
            self.manager = parent
        if parent != self.manager:
            say("the manager, process %d, has gone: this process ends" % self.manager)
            self.stop()
        elif self.socket_file != self.stat_socket():
            say("the socket %s has gone: this process ends" % self.listener.getsockname())
            self.stop()

    def stat_socket(self):
        """What tells the file of a Unix socket from a later one; None if it is not there."""
        name = self.listener.getsockname()
        if self.listener.family != socket.AF_UNIX or not name or name[0] in (0, "\0"):
            return None
        try:
            found = os.stat(name)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def stop(self, *_):
        """SIGTERM: no more requests, the running ones are finished. What waits for a request
        wakes up; should the signal come in the moment before it falls asleep, at the next check."""
        self.stopping = True
        self.bell.send(b"!")
        for connection in list(self.connections):
            if not connection.requests:
                try:
                    connection.sock.shutdown(socket.SHUT_RD)  # recv() returns what has come, or b""
                except OSError:
                    pass


def listening_socket():
    """Descriptor 0 (§2.2). It is taken away from there, so that neither input() nor a program
    that the application starts can get at it."""
    try:
        listener = socket.socket(fileno=os.dup(0))
        listening = listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError:
        listening = False
    if not listening:
        fail("descriptor 0 is no listening socket: start me with gatepool, or with spawn-fcgi")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.close(nothing)
    listener.setblocking(False)  # another process may be faster to accept
    return listener


# --- The application --------------------------------------------------------------------------


class TargetError(Exception):
    """TARGET names nothing that could be called as an application."""


def load(target):
    """The application that `target` names."""
    place, _, expression = target.partition(":")
    expression = expression or "application"
    if not place:
        raise TargetError("there is no module before the colon: write module:attribute")
    module = load_file(place) if place.endswith(".py") or "/" in place else load_module(place)
    name, is_factory, _ = expression.partition("(")
    found = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise TargetError("there is no %s in %s%s" % (name, place, suggest(module, place)))
        found = getattr(found, part)
    if is_factory:
        arguments, keywords = literal_arguments(expression)
        name = expression
        found = found(*arguments, **keywords)
    if not callable(found):
        raise TargetError("%s is %s, which cannot be called%s"
                          % (name, kind_of(found), suggest(module, place)))
    # PEP: an application may be "a class whose instances are iterable".
    if isinstance(found, type) and found.__new__ is object.__new__ and not (
            hasattr(found, "__iter__") or hasattr(found, "__getitem__")):
        raise TargetError("%s is a class whose instances are no response; if they are the "
                          "application, write %s:%s()" % (name, place, name))
    return found


def load_module(name):
    from importlib import import_module

    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if not error.name or not (name + ".").startswith(error.name + "."):
            raise  # it is there, and does not find another one
        raise TargetError("there is no module %s in %s, in --pythonpath, or among what is "
                          "installed for %s" % (error.name, os.getcwd(), sys.executable)) from None


def load_file(path):
    from importlib.util import module_from_spec, spec_from_file_location

    path = os.path.abspath(path)
    if not os.path.isfile(path):
        raise TargetError("there is no file %s" % path)
    name = os.path.splitext(os.path.basename(path))[0]
    if name in sys.modules:  # a file time.py must not become the time of everybody
        name = "wsgi_" + name
    sys.path.insert(0, os.path.dirname(path))
    spec = spec_from_file_location(name, path)
    if not spec:
        raise TargetError("%s does not end in .py" % path)
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def literal_arguments(call):
    """The arguments in `factory("name", debug=True)`. They are literals: nothing is evaluated."""
    import ast

    try:
        tree = ast.parse(call, mode="eval").body
        if isinstance(tree.func, ast.Call):
            raise ValueError
        return ([ast.literal_eval(argument) for argument in tree.args],
                {keyword.arg: ast.literal_eval(keyword.value) for keyword in tree.keywords})
    except (SyntaxError, ValueError, AttributeError):
        raise TargetError('%s is not understood: write factory() or factory("text", key=1), '
                          "with literals only" % call) from None


def suggest(module, place):
    """What else in the module may be meant: its own functions and classes, and objects that can
    be called, as those of Flask and Django can."""
    plain = (type, type(suggest), type(len))
    names = [name for name, value in vars(module).items()
             if callable(value) and not name.startswith("_")
             and (not isinstance(value, plain) or value.__module__ == module.__name__)]
    return "".join("; there is %s:%s" % (place, name) for name in names[:5])


# --- The command line -------------------------------------------------------------------------

USAGE = __doc__.partition("\n\n")[2].partition("\n\n")[0]


class Options:
    """The command line. (argparse takes longer to import than all the rest.)"""

    def __init__(self, words):
        self.threads, self.multiplex, self.multiprocess = 1, 4, False
        self.pythonpath, self.chdir, self.target = [], None, None
        words = deque(words)
        while words:
            word = words.popleft()
            option, equals, value = word.partition("=")
            if not word.startswith("-"):
                if self.target is not None:
                    usage("one TARGET only, not %s and %s" % (self.target, word))
                self.target = word
            elif word == "--multiprocess":
                self.multiprocess = True
            elif word in ("-h", "--help"):
                print(__doc__.strip())
                sys.exit(0)
            elif option not in ("--threads", "--multiplex", "--pythonpath", "--chdir"):
                usage("there is no option %s" % option)
            elif not equals and not words:
                usage("%s needs a value" % option)
            else:
                self.set(option[2:], value if equals else words.popleft())
        if self.target is None:
            usage("TARGET is missing")

    def set(self, option, value):
        if option == "pythonpath":
            self.pythonpath.append(value)
        elif option == "chdir":
            self.chdir = value
        elif value.isdecimal() and 1 <= int(value) <= 1000:
            setattr(self, option, int(value))
        else:
            usage("--%s: a number from 1 to 1000, not %s" % (option, value))


def say(message):
    os.write(2, ("gatepool_wsgi: %s\n" % message).encode("utf-8", "backslashreplace"))


def fail(message):
    say(message)
    sys.exit(1)


def usage(problem):
    say("%s\n%s" % (problem, USAGE))
    sys.exit(2)


def main():
    options = Options(sys.argv[1:])
    errors = sys.stderr = Errors(sys.stderr)
    sys.stdout.reconfigure(line_buffering=True)  # print() reaches the log while it is news
    os.register_at_fork(after_in_child=RUNNING.clear)  # a child must not speak on our connection
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    faulthandler.enable(2)
    faulthandler.register(signal.SIGUSR1, 2)
    if options.chdir:
        try:
            os.chdir(options.chdir)
        except OSError as error:
            fail("--chdir %s: %s" % (options.chdir, error.strerror))
    if sys.path and sys.path[0] == os.path.dirname(os.path.abspath(__file__)):
        del sys.path[0]  # this program is no library of the application's
    sys.path[:0] = [os.path.abspath(path) for path in options.pythonpath] + [os.getcwd()]
    worker = Worker(options, errors)
    try:
        worker.application = load(options.target)
    except TargetError as problem:
        fail("%s: %s" % (options.target, problem))
    except BaseException as error:  # SystemExit too: a process that just ends explains nothing
        from traceback import print_exception

        frames = error.__traceback__
        while frames and (frames.tb_frame.f_code.co_filename == __file__
                          or "importlib" in frames.tb_frame.f_code.co_filename):
            frames = frames.tb_next  # to where the application begins
        print_exception(type(error), error, frames)
        sys.exit(1)
    # What was imported stays: no collection needs to look at it again, or to touch its memory.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    worker.run()


if __name__ == "__main__":
    main()
