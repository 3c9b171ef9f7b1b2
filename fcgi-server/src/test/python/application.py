"""The application of the tests: each function is a path, /name."""

import hashlib
import io
import json
import os
import sys
import threading
import time

TEXT = [("Content-Type", "text/plain")]
events = []  # what happened, for /events to tell
ROUTES = {}


def route(function):
    ROUTES["/" + function.__name__.replace("_", "-")] = function
    return function


def application(environ, start_response):
    return ROUTES[environ["PATH_INFO"]](environ, start_response)


class Iterable:
    """Gives blocks and counts how often it is closed. A block that is an exception is raised."""

    def __init__(self, *blocks):
        self.blocks = iter(blocks)

    def __iter__(self):
        return self

    def __next__(self):
        block = next(self.blocks)
        if isinstance(block, Exception):
            raise block
        events.append("next")
        return block

    def close(self):
        events.append("close")


def text(start_response, value, headers=()):
    start_response("200 OK", TEXT + list(headers))
    return [value if isinstance(value, bytes) else str(value).encode()]


@route
def hello(environ, start_response):
    return text(start_response, "hello")


@route
def tell(environ, start_response):
    """What happened since the last question."""
    told = json.dumps(events)
    events.clear()
    return text(start_response, told)


@route
def show(environ, start_response):
    """The environ, as JSON."""
    return text(start_response, json.dumps({
        name: value if isinstance(value, (str, bool, tuple)) else type(value).__name__
        for name, value in environ.items()}))


@route
def strings(environ, start_response):
    """What the environ says in words, and whether there is as much of a body as it says."""
    try:
        body = environ["wsgi.input"].read().decode()
    except OSError as error:
        body = str(error)
    words = {name: value for name, value in environ.items() if isinstance(value, str)}
    return text(start_response, json.dumps([words, body]))


@route
def change(environ, start_response):
    environ["SERVER_NAME"] = "changed"
    del environ["DOCUMENT_ROOT"]
    return text(start_response, "changed")


@route
def names(environ, start_response):
    return text(start_response, environ["SERVER_NAME"] + " " + environ["DOCUMENT_ROOT"])


@route
def types(environ, start_response):
    environ["wsgi.mine"] = "left over"
    seen = id(environ) in events
    return text(start_response, "%s %s" % (type(environ) is dict, seen))


@route
def read(environ, start_response):
    """Calls methods of wsgi.input: QUERY_STRING is [[name, arguments...], ...]."""
    result = []
    body = environ["wsgi.input"]
    for name, *arguments in json.loads(environ["QUERY_STRING"]):
        try:
            value = list(body) if name == "list" else getattr(body, name)(*arguments)
        except OSError as error:
            value = "%s: %s" % (type(error).__mro__[-4].__name__, error)
        if isinstance(value, list):
            value = [line.decode("latin-1") for line in value]
        result.append(value.decode("latin-1") if isinstance(value, bytes) else value)
    return text(start_response, json.dumps(result))


@route
def digest(environ, start_response):
    """Streams the body into a digest, and tells the memory of the process."""
    found, size = hashlib.sha256(), 0
    for piece in iter(lambda: environ["wsgi.input"].read(50000), b""):
        found.update(piece)
        size += len(piece)
    with open("/proc/self/status", encoding="ascii") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return text(start_response, "%d %s %d" % (size, found.hexdigest(), peak))


@route
def echo(environ, start_response):
    start_response("200 OK", TEXT)
    return iter(lambda: environ["wsgi.input"].read(1000), b"")


@route
def wait_for_body(environ, start_response):
    """Says that it runs, then waits for the end of its body."""
    start_response("200 OK", TEXT)
    yield b"running "
    yield environ["wsgi.input"].read()


@route
def unread(environ, start_response):
    return text(start_response, "no interest")


@route
def respond(environ, start_response):
    """start_response() with what QUERY_STRING says: [status, headers]."""
    status, headers = json.loads(environ["QUERY_STRING"])
    start_response(status, [tuple(header) for header in headers])
    return [b"body"]


@route
def respond_stream(environ, start_response):
    """The same, with several blocks: [status, headers, blocks...]."""
    status, headers, *blocks = json.loads(environ["QUERY_STRING"])
    start_response(status, [tuple(header) for header in headers])
    return Iterable(*[block.encode() for block in blocks])


@route
def exact(environ, start_response):
    """start_response() with arguments that JSON does not have."""
    try:
        start_response(*eval(environ["QUERY_STRING"]))  # the test's own text
    except Exception as error:
        return text_after_error(start_response, "%s: %s" % (type(error).__name__, error))
    return [b"accepted"]


def text_after_error(start_response, value):
    try:
        raise ValueError
    except ValueError:
        start_response("200 OK", TEXT, sys.exc_info())
    return [value.encode()]


@route
def keywords(environ, start_response):
    start_response(status="200 OK", headers=TEXT)
    return [b""]


@route
def twice(environ, start_response):
    start_response("200 OK", TEXT)
    start_response("200 OK", TEXT)
    return [b""]


@route
def second_after_error(environ, start_response):
    try:
        start_response("200", TEXT)
    except ValueError:
        pass
    start_response("200 OK", TEXT)
    return [b""]


@route
def changed_mind(environ, start_response):
    start_response("200 OK", TEXT + [("X-First", "1"), ("Content-Length", "7")])
    try:
        raise KeyError("trouble")
    except KeyError:
        start_response("503 Later", TEXT, sys.exc_info())
    return [b"sorry, really"]


@route
def too_late(environ, start_response):
    write = start_response("200 OK", TEXT)
    write(b"begun")
    try:
        raise KeyError("trouble")
    except KeyError:
        start_response("500 Sorry", TEXT, sys.exc_info())
    return [b"never"]


@route
def write(environ, start_response):
    write = start_response("200 OK", TEXT)
    write(b"one ")
    write(b"")
    write(b"two ")
    return [b"three"]


@route
def generator(environ, start_response):
    start_response("200 OK", TEXT)
    events.append("called")
    for block in b"", b"one ", b"", b"two":
        events.append(block.decode())
        yield block


@route
def step_by_step(environ, start_response):
    """Each block waits for a byte of the body, so that the test sees when blocks are sent."""
    start_response("200 OK", TEXT)
    for letter in b"abc":
        yield bytes((letter,))
        environ["wsgi.input"].read(1)


@route
def file(environ, start_response):
    """[path, position, block size, Content-Length or null]."""
    path, position, size, length = json.loads(environ["QUERY_STRING"])
    opened = open(path, "rb")
    opened.seek(position)
    start_response("200 OK", [("Content-Length", str(length))] if length is not None else TEXT)
    return environ["wsgi.file_wrapper"](opened, size)


@route
def file_like(environ, start_response):
    """An object that has read() and close(), and nothing else."""

    class Minimal:
        def __init__(self):
            self.read = io.BytesIO(b"x" * 100000).read

        def close(self):
            events.append("close")

    start_response("200 OK", TEXT)
    return environ["wsgi.file_wrapper"](Minimal())


@route
def blocks(environ, start_response):
    """Blocks that are no bytes, and other things that are no iterable of bytes."""
    start_response("200 OK", TEXT)
    return {"str": ["text"], "bytearray": [bytearray(b"x")], "bytes": b"bytes", "none": None,
            "int": 5, "tuple": (b"good",), "empty": [], "huge": [b"h" * 200000],
            }[environ["QUERY_STRING"]]


@route
def fails(environ, start_response):
    events.append("called")
    raise RuntimeError("at once")


@route
def fails_later(environ, start_response):
    start_response("200 OK", TEXT + [("Content-Length", "100")])
    return Iterable(RuntimeError("before the first block"))


@route
def fails_between(environ, start_response):
    start_response("200 OK", TEXT)
    return Iterable(b"begun", RuntimeError("after the first block"))


@route
def fails_in_close(environ, start_response):
    class Bad(Iterable):
        def close(self):
            super().close()
            raise RuntimeError("in close")

    start_response("200 OK", TEXT)
    return Bad(b"whole")


@route
def silent(environ, start_response):
    return [b"no start_response"]


@route
def quits(environ, start_response):
    sys.exit("enough")


@route
def complains(environ, start_response):
    errors = environ["wsgi.errors"]
    errors.write("half ")
    errors.write("a line\nand ")
    errors.writelines(["another\n", "an open end \u20ac \udcff"])
    errors.flush()
    print("through sys.stderr", file=sys.stderr)
    return text(start_response, "said")


@route
def complains_elsewhere(environ, start_response):
    thread = threading.Thread(target=lambda: environ["wsgi.errors"].write("from a thread\n"))
    thread.start()
    thread.join()
    print("to stdout")
    return text(start_response, "said")


@route
def forks(environ, start_response):
    child = os.fork()
    if not child:
        print("from a child", file=sys.stderr)
        os._exit(0)
    os.waitpid(child, 0)
    return text(start_response, "parent")


@route
def endless(environ, start_response):
    """Never ends by itself, and does not read; /tell says how it ended."""
    start_response("200 OK", TEXT)
    try:
        for number in range(10**9):
            yield b"x" * 1000
    finally:
        events.append("closed")


@route
def swallows(environ, start_response):
    """Goes on after its connection was lost, and notes each error."""
    start_response("200 OK", TEXT)
    yield b"running "
    for _ in range(3):
        try:
            environ["wsgi.input"].read()
        except OSError as error:
            events.append(type(error).__name__)
    yield b"for whom?"


@route
def hangs(environ, start_response):
    start_response("200 OK", TEXT)
    yield b"here "
    time.sleep(3600)


@route
def ident(environ, start_response):
    """The thread; with a body, after it has come."""
    environ["wsgi.input"].read()
    return text(start_response, threading.get_ident())


@route
def stdin(environ, start_response):
    return text(start_response, repr(os.read(0, 10)))


@route
def everything(environ, start_response):
    """For wsgiref.validate: exercises what an application may do."""
    body = environ["wsgi.input"]
    body.read(3), body.readline(), body.readlines(5), list(body), body.read(1)
    environ["wsgi.errors"].write("noted\n")
    environ["wsgi.errors"].writelines(["noted\n"])
    environ["wsgi.errors"].flush()
    write = start_response("200 OK", [("Content-Type", "text/plain")])
    write(b"written ")
    return iter([b"one ", b"two"])
