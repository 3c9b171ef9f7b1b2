"""What is compared: groups of ways to the same answer. Data, and how each way is opened; what is hoped for is in targets.py."""

import os
from dataclasses import dataclass, field, replace
from typing import Callable

from measure import apache, load, servers, wsgi_servers
from measure.servers import need_module, program

HELLO = b"hello\n"


@dataclass(frozen=True)
class Way:
    name: str
    server: str
    how: str
    """The command, or the settings that differ; one line."""
    open: Callable
    """A Place, and the Point: to a Site."""
    peers: tuple = ()
    """The ways of this group that the ratio of this one is taken to."""
    own: bool = False
    short: bool = True
    """In the short form as well."""


@dataclass(frozen=True)
class Point:
    """One load, which every way of its group gets in each round."""

    connections: int
    path: str = "/hello"
    answer: bytes = field(default=HELLO, repr=False)
    post: int = 0
    x: float | None = None
    """In a growth group: what changes."""
    workers: int = 4
    resting: int = 0
    """Connections that only rest meanwhile."""
    short: bool = False
    seconds: int | None = None


@dataclass(frozen=True)
class Group:
    id: str
    family: str
    title: str
    about: str
    ways: tuple
    points: tuple
    kind: str = "cases"
    axis: dict | None = None
    nginx: str = ""
    listen: str = ""
    own_servers: bool = False
    """Each point has servers of its own, which run for its rounds only."""

    def chosen(self, full):
        """As the form has it, or None if it has nothing of this group."""
        if full:
            return self
        points, ways = tuple(p for p in self.points if p.short), tuple(w for w in self.ways if w.short)
        return replace(self, points=points, ways=ways) if points and ways else None


def loads(connections, short, path="/hello", **more):
    return tuple(Point(number, path, short=number in short, **more) for number in connections)


# ---- CGI ----

CGI_SERVERS = ("Apache mod_cgid", "lighttpd mod_cgi")
CGI_PEERS = ("fcgiwrap -c 8", "uwsgi cgi, 8 processes", *CGI_SERVERS)


def cgi(language, name, path, short):
    return Group(
        f"cgi-{name}",
        "CGI",
        f"A CGI script in {language}, at most 8 at once",
        "Each request starts a process that says hello. Apache and lighttpd are web servers themselves, and so is gatepool over"
        " HTTP; before the others there is nginx, the same for all.",
        (
            Way(
                "gatepool cgi", "gatepool", 'kind = "cgi", max_running = 8; nginx keeps its connections',
                at(servers.gatepool_cgi), CGI_PEERS, True,
            ),
            Way(
                "gatepool cgi, HTTP", "gatepool", 'the same, listen = "http:…"; no nginx', at(servers.gatepool_cgi_http),
                CGI_SERVERS, True,
            ),
            Way("fcgiwrap -c 8", "fcgiwrap", "fcgiwrap -c 8; nginx connects for each request", at(servers.fcgiwrap)),
            Way("uwsgi cgi, 8 processes", "uwsgi", "uwsgi --plugins cgi --master --processes 8", at(servers.uwsgi_cgi)),
            Way("Apache mod_cgid", "apache2", "ScriptAlias, mpm_event with Debian's numbers", at(apache.cgid)),
            Way("lighttpd mod_cgi", "lighttpd", 'cgi.assign = ( "" => "" )', at(servers.lighttpd)),
        ),
        loads((16,), (16,) if short else (), path),
    )


def at(opens):
    """For what is the same at every point."""
    return lambda place, point: opens(place)


# ---- FastCGI ----


def gatepool_app(name, kept=True):
    return lambda place, point: servers.gatepool_fastcgi(place, [place.directory / "bin" / name], kept, point.workers)


def multiwatch_app(name, kept=False):
    return lambda place, point: servers.multiwatch(place, [place.directory / "bin" / name], kept, point.workers)


def relay(command):
    """Beside the peers, but none: it shows how much of a ratio comes of standing in between at all."""
    return Way(
        "bare relay, kept", "relay", "a yardstick, no server: apps/relay.c passes bytes on between kept connections",
        lambda place, point: servers.relay(place, command(place), point.workers), short=False,
    )


def perl(opens):
    def checked(place, point):
        need_module("perl", ["-e", "1"], "-MFCGI", "libfcgi-perl")
        return opens(place, point)

    return checked


KEPT_HOW = 'workers.mode = "static", workers.max = 4; nginx: keepalive 64, fastcgi_keep_conn on'
MULTIWATCH_HOW = "spawn-fcgi -n -s SOCKET -- multiwatch -f 4 -- APPLICATION; nginx connects for each request"
STARVES = "the same; nginx: keepalive 64, fastcgi_keep_conn on: each kept connection holds a worker"

FASTCGI = (
    Group(
        "fastcgi-c",
        "FastCGI",
        "FastCGI in C: libfcgi, 4 workers, 6 bytes",
        "An application that does next to nothing, so that the way to it is measured. The first four are behind the same nginx;"
        " mod_fcgid is a part of Apache.",
        (
            Way(
                "gatepool, kept", "gatepool", KEPT_HOW, gatepool_app("hello"), ("multiwatch, not kept", "multiwatch, kept"),
                True,
            ),
            Way(
                "gatepool, not kept", "gatepool", "the same; nginx connects for each request", gatepool_app("hello", False),
                ("multiwatch, not kept",), True, False,
            ),
            Way("multiwatch, not kept", "multiwatch", MULTIWATCH_HOW, multiwatch_app("hello")),
            Way("multiwatch, kept", "multiwatch", STARVES, multiwatch_app("hello", True)),
            relay(lambda place: [place.directory / "bin/hello"]),
            Way(
                "mod_fcgid", "apache2", "FcgidMaxProcessesPerClass 4, no brakes on starting them", at(apache.fcgid_own),
                short=False,
            ),
            Way(
                "mod_fcgid + gatepool-attach", "gatepool", 'FcgidWrapper "gatepool-attach", 150 at most, to 4 workers',
                at(apache.fcgid_attach), ("mod_fcgid",), True, False,
            ),
        ),
        loads((4, 16, 64, 512), (4, 16, 64)),
    ),
    Group(
        "fastcgi-perl",
        "FastCGI",
        "FastCGI in Perl: FCGI.pm, 4 workers",
        "The same in Perl, with Debian's libfcgi-perl.",
        (
            Way("gatepool, kept", "gatepool", KEPT_HOW, perl(gatepool_app("hello-fcgi.pl")), ("multiwatch, not kept",), True),
            Way("multiwatch, not kept", "multiwatch", MULTIWATCH_HOW, perl(multiwatch_app("hello-fcgi.pl"))),
        ),
        loads((16, 64), ()),
    ),
)


def transfer(name, title, about, short, path="/transfer", answer=HELLO, post=0, connections=(4, 16)):
    return Group(
        name,
        "FastCGI",
        title,
        about + " nginx keeps bodies in memory on all sides, so that no disk is measured.",
        (
            Way(
                "gatepool, kept", "gatepool", KEPT_HOW, gatepool_app("transfer"),
                ("multiwatch, not kept", "multiwatch, kept"), True,
            ),
            Way("multiwatch, not kept", "multiwatch", MULTIWATCH_HOW, multiwatch_app("transfer")),
            Way("multiwatch, kept", "multiwatch", STARVES, multiwatch_app("transfer", True), short=False),
            relay(lambda place: [place.directory / "bin/transfer"]),
        ),
        loads(connections, short, path, answer=answer, post=post),
        nginx=IN_MEMORY,
    )


IN_MEMORY = "client_max_body_size 2m; client_body_buffer_size 2m; fastcgi_max_temp_file_size 0;"
KIB = 1024


def response(size, text, short, connections):
    return transfer(
        f"response-{text}k", f"FastCGI in C: responses of {text} KiB", "The same with longer answers.", short,
        f"/transfer?size={size}", load.pattern(size), connections=connections,
    )  # fmt: skip


def echo(size, name, text, short):
    return transfer(
        f"echo-{name}", f"FastCGI in C: bodies of {text}, sent back", "A POST whose body the application reads whole, and sends back.",
        short, answer=load.pattern(size), post=size,
    )  # fmt: skip


SIZES = (
    response(64 * KIB, "64", (16,), (4, 16)),
    response(1024 * KIB, "1024", (), (16,)),
    echo(64 * KIB, "64k", "64 KiB", (16,)),
    echo(1024 * KIB, "1m", "1 MiB", ()),
)

# ---- PHP ----

PHP = (
    Group(
        "php",
        "PHP",
        "PHP: one page, 4 workers, behind nginx",
        "php-cgi under gatepool, PHP's own two process managers, and the same php.ini for all.",
        (
            Way(
                "gatepool + php-cgi, kept", "gatepool", KEPT_HOW, at(servers.gatepool_php),
                ("php-fpm static, not kept", "php-fpm static, kept", "php-cgi, not kept"), True,
            ),
            Way(
                "php-fpm static, not kept", "php-fpm", "pm = static, pm.max_children = 4",
                at(lambda place: servers.fpm(place, False)),
            ),
            Way(
                "php-fpm static, kept", "php-fpm", "the same; nginx: keepalive 64, fastcgi_keep_conn on",
                at(lambda place: servers.fpm(place, True)), short=False,
            ),
            Way(
                "php-cgi, not kept", "php-cgi", "spawn-fcgi -n -- php-cgi, PHP_FCGI_CHILDREN=4, PHP_FCGI_MAX_REQUESTS=0",
                at(servers.php_cgi), short=False,
            ),
            relay(lambda place: [program("php-cgi")]),
        ),
        loads((16, 64), (16,), "/hello.php"),
    ),
    Group(
        "php-apache",
        "PHP",
        "PHP: one page, 4 workers, behind Apache's mod_proxy_fcgi",
        "Apache (mpm_event, Debian's numbers) as the web server on both sides.",
        (
            Way(
                "gatepool + php-cgi, kept", "gatepool", "ProxyPass … enablereuse=on", at(apache.proxy_gatepool),
                ("php-fpm static, not kept",), True,
            ),
            Way(
                "php-fpm static, not kept", "php-fpm",
                "ProxyPass without it: kept, idle connections hold its processes until nobody is answered",
                at(apache.proxy_fpm),
            ),
        ),
        loads((16,), (), "/hello.php"),
    ),
)  # fmt: skip

# ---- WSGI ----

# "In the 2-4 x $(NUM_CORES) range", gunicorn's documentation says of --threads.
THREADS = str(2 * os.cpu_count())
WSGI_HOW = 'kind = "wsgi", workers.mode = "static", workers.max = 4'
UWSGI_HOW = "--master --processes 4 --disable-logging --die-on-term --need-app"
HTTP_PEERS = (
    "gunicorn sync",
    "gunicorn gthread",
    "gunicorn gevent",
    "uwsgi --http, kept",
    "waitress, 1 process",
    "cheroot, 1 process",
    "tornado, 1 process",
    "tornado, 4 processes",
    "twisted, 1 process",
)
of = wsgi_servers

WSGI = (
    Group(
        "wsgi-nginx",
        "WSGI",
        "Python behind nginx: an application that does nothing, 4 workers",
        "Each in the protocol that it is made for; all are told the same parameters. Debian's Python 3.",
        (
            Way(
                "gatepool, kept", "gatepool", WSGI_HOW + "; nginx: FastCGI, kept", at(of.nginx_gatepool),
                ("uWSGI", "gunicorn sync"), True,
            ),
            Way(
                "gatepool, multiplex = 1", "gatepool", "the same, no worker gets a request ahead",
                at(lambda place: of.nginx_gatepool(place, more="multiplex = 1\n")), ("uWSGI", "gunicorn sync"), True, False,
            ),
            Way("uWSGI", "uwsgi", f"{UWSGI_HOW}; nginx: uwsgi_pass", at(of.nginx_uwsgi)),
            Way("gunicorn sync", "gunicorn", "--workers 4; nginx: proxy_pass, as in Deploying Gunicorn", at(of.nginx_gunicorn)),
        ),
        loads((16, 64), (16,), "/"),
    ),
    Group(
        "wsgi-http",
        "WSGI",
        "Python directly over HTTP: the same application, 4 workers where there are processes",
        "No web server in front. A server of one process is all worker, and needs one core only; the load generator has the other:"
        " compare the CPU of a request.",
        (
            Way("gatepool", "gatepool", WSGI_HOW + ', listen = "http:…"', at(of.http_gatepool), HTTP_PEERS, True),
            Way("gunicorn sync", "gunicorn", "--workers 4 (it closes each connection: that is its way)", at(of.http_gunicorn)),
            Way(
                "gunicorn gthread", "gunicorn", f"--workers 4 --threads {THREADS}",
                at(lambda place: of.http_gunicorn(place, "--threads", THREADS)),
            ),
            Way(
                "gunicorn gevent", "gunicorn", "--workers 4 --worker-class gevent",
                at(lambda place: of.http_gunicorn(place, "--worker-class", "gevent")), short=False,
            ),
            Way("uwsgi --http, kept", "uwsgi", f"--http --http-keepalive {UWSGI_HOW}", at(of.http_uwsgi)),
            Way("waitress, 1 process", "waitress", "waitress-serve hello:app", at(of.waitress), short=False),
            Way("cheroot, 1 process", "cheroot", "python3 -m cheroot hello:app", at(of.cheroot), short=False),
            Way(
                "tornado, 1 process", "tornado", "WSGIContainer, HTTPServer", at(lambda place: of.tornado(place, 1)),
                short=False,
            ),
            Way(
                "tornado, 4 processes", "tornado", "the same, server.start(4)",
                at(lambda place: of.tornado(place, of.WORKERS)), short=False,
            ),
            Way(
                "twisted, 1 process", "twisted", "twist web --wsgi hello.app; its access log cannot be switched off",
                at(of.twisted), short=False,
            ),
        ),
        loads((16, 64), (16,), "/"),
    ),
    Group(
        "wsgi-work",
        "WSGI",
        "Python behind nginx: an application that takes 5 ms of CPU, 4 workers",
        "What the server costs hardly matters here, and it must not.",
        (
            Way(
                "gatepool, kept", "gatepool", WSGI_HOW, at(lambda place: of.nginx_gatepool(place, "work")),
                ("uWSGI", "gunicorn sync"), True,
            ),
            Way("uWSGI", "uwsgi", UWSGI_HOW, at(lambda place: of.nginx_uwsgi(place, "work"))),
            Way("gunicorn sync", "gunicorn", "--workers 4", at(lambda place: of.nginx_gunicorn(place, "work"))),
        ),
        loads((16,), (), "/"),
    ),
)  # fmt: skip

# ---- growth ----

PAIR = (
    Way("gatepool, kept", "gatepool", KEPT_HOW, gatepool_app("transfer"), ("multiwatch, not kept",), True),
    Way("multiwatch, not kept", "multiwatch", MULTIWATCH_HOW, multiwatch_app("transfer")),
)


# As shipped, gatepool's queue has 512 places, and the backlog of both is shorter than the longest of these queues of clients.
LONG_QUEUES = (
    Way(
        "gatepool, kept", "gatepool", KEPT_HOW + "; queue.size = 8192, backlog = 4096",
        lambda place, point: servers.gatepool_fastcgi(
            place, [place.directory / "bin/transfer"], more="queue.size = 8192\nbacklog = 4096\n"
        ),
        ("multiwatch, not kept",), True,
    ),
    Way(
        "multiwatch, not kept", "multiwatch", MULTIWATCH_HOW + "; spawn-fcgi -b 4096",
        lambda place, point: servers.multiwatch(place, [place.directory / "bin/transfer"], options=("-b", "4096")),
    ),
)  # fmt: skip


def growth(name, title, about, axis, points, ways=PAIR, **more):
    """A point for each x, and whether the short form has it: (x, connections, what else it is)."""
    log = axis not in ("connections at rest", "service time")
    unit = {"response size": "KiB", "service time": "ms"}.get(axis, "")
    return Group(
        f"growth-{name}", "Growth", title, about, ways, points, "growth", {"name": axis, "unit": unit, "log": log}, **more,
    )


def answers_of(kib):
    size = round(kib * KIB)
    return Point(16, f"/transfer?size={size}", load.pattern(size), x=kib)


def http_direct(place, point):
    """gatepool's HTTP front, and no web server."""
    port = servers.free_port()
    app = (
        f'kind = "fastcgi"\ncommand = ["{place.directory}/bin/hello"]\nlisten = "http:127.0.0.1:{port}"\n'
        f'workers.mode = "static"\nworkers.max = {point.workers}\n'
    )
    return servers.answering(place, servers.gatepool(place.stage, place.name, place.distribution, app), port)


GROWTH = (
    growth(
        "connections", "More connections: 4 workers, 6 bytes",
        "From one to 5,000 connections to nginx, with queues on both sides that are as long as Linux lets them be: the shorter ones"
        " that both have by default refuse requests from about 1,000 connections on.",
        "connections",
        tuple(
            Point(number, x=number, short=number in (1, 64, 1000), seconds={1000: 2, 5000: 3}.get(number))
            for number in (1, 4, 16, 64, 256, 1000, 5000)
        ),
        ways=LONG_QUEUES,
        listen="backlog=4096",
    ),
    growth(
        "resting", "Connections at rest: 64 that work, and up to 5,000 that do nothing",
        "Connections that have had one answer and are kept since, over gatepool's HTTP front, with the C application and 4 workers.",
        "connections at rest",
        tuple(Point(64, x=number, resting=number, short=number in (0, 5000)) for number in (0, 1000, 5000)),
        (Way("gatepool, HTTP", "gatepool", 'listen = "http:…", nothing in front', http_direct, (), True),),
    ),
    growth(
        "workers", "More workers: requests that take 5 ms, 64 connections",
        "The application sleeps, so that workers and not processors are short.", "workers",
        tuple(Point(64, "/transfer?sleep=5", x=number, workers=number) for number in (1, 2, 4, 8, 16, 32, 64)),
        own_servers=True,
    ),
    growth(
        "size", "Longer responses: 4 workers, 16 connections", "From 0.1 KiB to 1 MiB, from memory.", "response size",
        tuple(answers_of(kib) for kib in (0.1, 1, 4, 16, 64, 256, 1024)), nginx=IN_MEMORY,
    ),
    growth(
        "service", "Slower requests: 4 workers, 16 connections",
        "The application sleeps for so long: 4 workers can answer 4 requests in that time, whoever manages them.", "service time",
        tuple(Point(16, f"/transfer?sleep={ms}", x=ms) for ms in (0, 1, 2, 5, 10, 20, 50)),
    ),
)  # fmt: skip

GROUPS = (
    cgi("C", "c", "/hello", True),
    cgi("sh", "sh", "/hello.sh", False),
    cgi("Perl", "perl", "/hello.pl", False),
    cgi("Python", "python", "/hello.py", False),
    *FASTCGI,
    *SIZES,
    *PHP,
    *WSGI,
    *GROWTH,
)


def named(groups, words):
    """Those that words name, wholly or by their beginning up to a "-"; in the groups' own order."""
    return [group for group in groups if any(f"{group.id}-".startswith(f"{word}-") for word in words)]
