"""From the exec of a server to the last byte of its first answer, and its memory with nobody else of its kind about."""

import os
import time
from dataclasses import dataclass
from statistics import median
from typing import Callable

from measure import fastcgi, figures, load, servers, wsgi_servers
from measure.jdks import installed, release
from measure.servers import IS_ROOT, NotInstalled, Place, Site, program
from measure.stage import Stage, Trouble, free_port
from measure.ways import lay_out

REST = 15
"""Seconds of idleness before memory is looked at: what the compilers of a JVM have used it gives back five to ten seconds later."""


@dataclass(frozen=True)
class Started:
    server: object
    ask: Callable
    """To the bytes of an answer; OSError as long as nobody listens."""
    site: Callable
    """The Site for a load, made when the first answer is there."""


@dataclass(frozen=True)
class Start:
    name: str
    server: str
    how: str
    launch: Callable
    """A Place: to a Started, at once."""
    peers: tuple = ()
    own: bool = False
    short: bool = True


@dataclass(frozen=True)
class Group:
    id: str
    title: str
    about: str
    ways: tuple
    family: str = "Start and memory"
    kind: str = "start"
    axis: None = None

    def chosen(self, full):
        if full:
            return self
        return Group(self.id, self.title, self.about, tuple(way for way in self.ways if way.short))


# ---- gatepool ----


def gatepool(home, *words, script=""):
    """A short form of gatepool with an HTTP front, and a FastCGI front if the application is asked over that."""

    def launch(place):
        over_http = words[0] == "wsgi"
        port = free_port()
        command = [place.distribution.resolve() / "bin/gatepool", words[0], "--access-logfile", "off", "-w", "4"]
        command += ["-b", f"http:127.0.0.1:{port}"]
        command += [] if over_http else ["-b", f"fastcgi:unix:{place.socket}"]
        command += ["-R"] if IS_ROOT else []
        command += [word.replace("@", f"{place.directory}") for word in words[1:]]
        server = place.stage.start(place.name, command, {"JAVA_HOME": str(home), "PATH": servers.PATH})
        ask = (lambda: load.fetch(port, "/").body) if over_http else asked_over_fastcgi(place, script)
        return Started(server, ask, lambda: Site(place.name, None, server, port, place.directory / "no.errors"))

    return launch


def asked_over_fastcgi(place, script=""):
    request = fastcgi.request(script or "/", f"{place.directory}/www{script}" if script else "")
    return lambda: fastcgi.ask(place.socket, request)


# ---- the others ----


def over_fastcgi(command, script="", depth=0):
    """A server on the place's socket; command(place) starts it."""

    def launch(place):
        server = command(place)
        site = lambda: place.behind_nginx(server, False, "www", depth)  # noqa: E731
        return Started(server, asked_over_fastcgi(place, script), site)

    return launch


def multiwatch(place):
    spawn = [program("spawn-fcgi"), "-n", "-s", place.socket, "--", program("multiwatch"), "-f", "4", "--"]
    return place.stage.start(place.name, [*spawn, place.directory / "bin/hello"])


def php_cgi(place):
    environment = os.environ | {"PHP_FCGI_CHILDREN": "4", "PHP_FCGI_MAX_REQUESTS": "0"}
    return place.stage.start(place.name, [program("spawn-fcgi"), "-n", "-s", place.socket, "--", program("php-cgi")], environment)


def over_http(command, depth=0):
    """A server on a port; command(place, port) is its command line."""

    def launch(place):
        port = free_port()
        server = place.stage.start(place.name, command(place, port), wsgi_servers.in_applications(place))
        site = lambda: Site(place.name, None, server, port, place.directory / "no.errors", depth)  # noqa: E731
        return Started(server, lambda: load.fetch(port, "/").body, site)

    return launch


def gunicorn(place, port):
    return [program("gunicorn"), "--workers", "4", "--bind", f"127.0.0.1:{port}", "--chdir", place.directory / "wsgi", "hello:app"]


def uwsgi(place, port):
    servers.need_file("/usr/lib/uwsgi/plugins/python3_plugin.so", "uwsgi-plugin-python3")
    command = [program("uwsgi"), "--plugins", "http,python3", "--http", f"127.0.0.1:{port}", *wsgi_servers.UWSGI]
    return [*command, "--chdir", place.directory / "wsgi", "--module", "hello:app"]


def waitress(place, port):
    return [program("waitress-serve"), f"--listen=127.0.0.1:{port}", "hello:app"]


def gatepools(how, words, peers, only=None, script="", short=True):
    for major, home in installed().items():
        if only in (None, major):
            archive = f"JDK {release(home)}"
            yield Start(f"gatepool, JDK {major}", "gatepool", f"{how}; {archive}", gatepool(home, *words, script=script), peers, True, short and major == 17)


GROUPS = (
    Group(
        "start-fastcgi",
        "Start and memory: FastCGI in C, 4 workers",
        "From the start of the server to the first answer over FastCGI; memory then, alone on the machine, idle and after a load.",
        (
            *gatepools("gatepool fastcgi -w 4 -- hello", ("fastcgi", "--", "@/bin/hello"), ("spawn-fcgi + multiwatch",)),
            Start("spawn-fcgi + multiwatch", "multiwatch", "spawn-fcgi -n -- multiwatch -f 4 -- hello", over_fastcgi(multiwatch)),
        ),
    ),
    Group(
        "start-php",
        "Start and memory: PHP, 4 workers",
        "The same with a page of PHP.",
        (
            *gatepools(
                "gatepool fastcgi -w 4 --root www -- php-cgi",
                ("fastcgi", "--root", "@/www", "--", "php-cgi"),
                ("php-fpm static", "php-cgi"),
                17,
                "/hello.php",
                short=False,
            ),
            Start(
                "php-fpm static", "php-fpm", "pm = static, pm.max_children = 4",
                over_fastcgi(servers.fpm_server, "/hello.php"), short=False,
            ),
            Start(
                "php-cgi", "php-cgi", "spawn-fcgi -n -- php-cgi, PHP_FCGI_CHILDREN=4", over_fastcgi(php_cgi, "/hello.php"),
                short=False,
            ),
        ),
    ),
    Group(
        "start-wsgi",
        "Start and memory: a Python application over HTTP, 4 workers",
        "The same over HTTP.",
        (
            *gatepools(
                "gatepool wsgi -w 4 hello:app", ("wsgi", "--chdir", "@/wsgi", "hello:app"),
                ("gunicorn sync", "uwsgi --http", "waitress, 1 process"), 17,
            ),
            Start("gunicorn sync", "gunicorn", "--workers 4", over_http(gunicorn)),
            Start("uwsgi --http", "uwsgi", wsgi_servers.UWSGI[0], over_http(uwsgi)),
            Start("waitress, 1 process", "waitress", "waitress-serve hello:app", over_http(waitress, None), short=False),
        ),
    ),
)  # fmt: skip


def measure_group(group, options, applications, result):
    """Interleaved; the first round reads the disk and does not count. Then memory, with no other server about."""
    ways = list(group.ways)
    paths = {"start-php": "/hello.php", "start-wsgi": "/"}
    path = paths.get(group.id, "/hello")
    for number in range(options.rounds + 1):
        for way in ways[:] if number % 2 else reversed(ways[:]):
            with Stage() as stage:
                lay_out(applications, stage.directory)
                place = Place(stage, options.gatepool, "start", path)
                try:
                    began = time.monotonic()
                    started = way.launch(place)
                except NotInstalled as missing:
                    result.warn(f"{group.id}: {way.name} is left out: {missing}")
                    ways.remove(way)
                    continue
                seconds = first_answer(way, stage, started, began)
                if number == 0:
                    memory(group, way, options, path, started, result)
                else:
                    result.start(group, way, number, seconds)
                figures.progress(f"start {number} of {options.rounds}, {group.id}, {way.name}: {seconds:.3f} s")
    result.group(group, ways)


def first_answer(way, stage, started, began):
    """Asks until it is answered; the question is put again every millisecond as long as nobody listens."""
    while True:
        try:
            answer = started.ask()
            break
        except OSError:
            if started.server.poll() is not None or time.monotonic() - began > 30:
                raise Trouble(f"{way.name} does not start:\n{stage.log('start')}") from None
            time.sleep(0.001)
    seconds = time.monotonic() - began
    if b"hello\n" not in answer:
        raise load.WrongAnswer(f"{way.name}, the first answer: {answer!r}")
    return seconds


def memory(group, way, options, path, started, result):
    site = started.site()
    time.sleep(REST)
    result.memory(group, way, "idle", site.memory())
    load.wrk(site.port, path, 64, max(2, options.seconds), way.name)
    time.sleep(REST)
    result.memory(group, way, "loaded", site.memory())


def table(group, content):
    print(f"\n{group.title}\n{'':28}   {'seconds to the first answer':^27}\n{'':28}   {'min':>7} {'median':>7} {'max':>7}")
    of = {}
    for start in content["starts"]:
        if start["group"] == group.id:
            of.setdefault(start["way"], {})[start["round"]] = start["seconds"]
    for name, taken in of.items():
        values = taken.values()
        print(f"{name:28}   {min(values):7.3f} {median(values):7.3f} {max(values):7.3f}")
    for way in group.ways:
        for peer in way.peers:
            if way.name in of and peer in of:
                each = [seconds / of[peer][number] for number, seconds in of[way.name].items() if number in of[peer]]
                print(f"    {way.name} to {peer}, same rounds: {figures.spread(each)}")
