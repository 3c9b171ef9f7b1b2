"""A FastCGI web server's end of a connection, and a worker process to talk to."""

import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
WORKER = os.path.abspath(os.path.join(HERE, "../../dist/libexec/gatepool_wsgi.py"))

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(WORKER))

import gatepool_wsgi  # noqa: E402
from gatepool_wsgi import (  # noqa: E402
    ABORT_REQUEST, BEGIN_REQUEST, END_REQUEST, PARAMS, STDERR, STDIN, STDOUT)

PATIENCE = 20  # seconds; only a test that fails waits for them

# What a web server sends with each request.
USUAL = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "test",
         "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1"}

OVERLOADED_STATUS = gatepool_wsgi.OVERLOADED

Answer = namedtuple("Answer", "status headers body errors protocol_status app_status whole")


def record(kind, request_id=1, content=b"", padding=0, reserved=0xAA):
    header = struct.pack(">BBHHBB", 1, kind, request_id, len(content), padding, reserved)
    return header + content + b"\xAA" * padding


def begin(request_id=1, role=1, keep=True):
    return record(BEGIN_REQUEST, request_id, struct.pack(">HB5x", role, int(keep)))


def encode(values):
    def length(part):
        return bytes((len(part),)) if len(part) < 128 else struct.pack(">I", len(part) | 1 << 31)

    data = b""
    for name, value in values.items():
        name, value = name.encode("latin-1"), value.encode("latin-1")
        data += length(name) + length(value) + name + value
    return data


def params(path="/", request_id=1, **values):
    environ = dict(USUAL, PATH_INFO=path)
    environ.update(values)
    return record(PARAMS, request_id, encode(environ)) + record(PARAMS, request_id)


def stdin(body=b"", request_id=1, size=32768):
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(record(STDIN, request_id, piece) for piece in pieces + [b""])


def request(path="/", body=b"", request_id=1, keep=True, **values):
    """A whole request, as bytes."""
    if body:
        values = dict({"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body))}, **values)
    return (begin(request_id, keep=keep) + params(path, request_id, **values)
            + stdin(body, request_id))


class Collector:
    """Puts records together to answers."""

    def __init__(self, receive):
        self.receive, self.data = receive, b""
        self.streams, self.ended = {}, {}
        self.order = []  # of the requests that have ended
        self.others = []  # management records

    def next(self):
        """Takes one more record; False at the end of the connection."""
        while len(self.data) < 8 or len(self.data) < 8 + sum(struct.unpack_from(">HB", self.data, 4)):
            more = self.receive()
            if not more:
                if self.data:
                    raise AssertionError("the connection ends within a record")
                return False
            self.data += more
        version, kind, request_id, length, padding = struct.unpack_from(">BBHHB", self.data)
        content = self.data[8 : 8 + length]
        self.data = self.data[8 + length + padding :]
        if version != 1:
            raise AssertionError("version %d" % version)
        if request_id == 0:
            self.others.append((kind, content))
        elif kind == END_REQUEST:
            self.ended[request_id] = struct.unpack(">IB3x", content)
            self.order.append(request_id)
        else:
            self.streams.setdefault((request_id, kind), []).append(content)
        return kind, request_id, content

    def answer(self, request_id=1):
        """The answer to a request: whole, or what had come when the connection was closed."""
        while request_id not in self.ended and self.next():
            pass
        out = self.streams.pop((request_id, STDOUT), [])
        errors = self.streams.pop((request_id, STDERR), [])
        whole = request_id in self.ended
        app_status, protocol_status = self.ended.pop(request_id, (None, None))
        for stream in out, errors:  # §5.3: one empty record, and it is the last
            if whole and stream and (stream[-1] or b"" in stream[:-1]):
                raise AssertionError("a stream without its end: %r" % stream)
        head, _, body = b"".join(out).partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode("latin-1").split("\r\n")]
        status = headers.pop(0)[1] if head else None
        return Answer(status, headers, body, b"".join(errors).decode(), protocol_status,
                      app_status, whole)


class Client(Collector):
    """One connection to a worker."""

    def __init__(self, address):
        self.sock = socket.socket(socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(address)
        super().__init__(self.receive_some)

    def receive_some(self):
        try:
            return self.sock.recv(65536)
        except ConnectionResetError:
            return b""

    def send(self, *records):
        self.sock.sendall(b"".join(records))

    def get(self, path="/", body=b"", **values):
        self.send(request(path, body, **values))
        return self.answer()

    def is_closed(self):
        """Waits for the end of the connection; nothing else may come."""
        return not self.next()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()


class Worker:
    """A worker process with a listening socket on descriptor 0, in a directory of its own."""

    def __init__(self, *arguments, files=(), tcp=False, environ=(), cwd=None):
        self.directory = tempfile.TemporaryDirectory(prefix="wsgi-test-")
        for name, text in dict(files).items():
            path = os.path.join(self.directory.name, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        if tcp:
            self.listener = socket.socket()
            self.listener.bind(("127.0.0.1", 0))
        else:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(os.path.join(self.directory.name, "socket"))
        self.listener.listen(16)
        self.address = self.listener.getsockname()
        self.process = subprocess.Popen(
            [sys.executable, "-B", WORKER, *(arguments or ("application:application",))],
            stdin=self.listener, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=cwd or (self.directory.name if files else HERE),
            env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1", **dict(environ)))
        self.log = ""

    def connect(self):
        return Client(self.address)

    def get(self, *args, **values):
        with self.connect() as client:
            return client.get(*args, **values)

    def signal(self, number):
        self.process.send_signal(number)

    def read_log_until(self, text):
        while text not in self.log:
            if not select.select([self.process.stderr], [], [], PATIENCE)[0]:
                raise AssertionError("%r is not in the log: %s" % (text, self.log))
            more = os.read(self.process.stderr.fileno(), 65536)
            if not more:
                raise AssertionError("the log ends without %r: %s" % (text, self.log))
            self.log += more.decode()

    def end(self):
        """Waits for the end of the process, and gives its exit status; its stderr is in `log`."""
        out, err = self.process.communicate(timeout=PATIENCE)
        self.log += err.decode()
        self.out = out.decode()
        return self.process.returncode

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.end()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        self.listener.close()
        self.directory.cleanup()
