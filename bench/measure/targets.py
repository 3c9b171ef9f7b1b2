"""What the project asks of gatepool (its issues 2, 3, 5, 6 and 7), as data; and what became of it in a result."""

from dataclasses import dataclass
from statistics import median

MIB = 2**20
MB = 10**6 / MIB
"""Of the daemon's memory the issues speak in MB; the result has MiB."""
FASTEST = "the fastest peer"


@dataclass(frozen=True)
class Target:
    row: str
    group: str
    way: str
    what: str
    """rate and p99: to the peer's, or p99 in ms without one; cpu: us of a request; memory: MiB of PSS; start: seconds."""
    sign: str
    limit: float
    peer: str | None = None
    connections: tuple = (None,)
    """One row for each."""
    peer_connections: int | None = None
    """If the peer is looked at with other ones."""
    x: float | None = None
    peer_x: float | None = None
    """To the same way at another place of the axis."""
    component: str = "bridge"
    state: str | None = None
    each: int = 1
    """Of so many processes of that component, one."""


KEPT, NOT_KEPT = "multiwatch, kept", "multiwatch, not kept"
GATEPOOL = "gatepool, kept"


def cgi(group, language):
    way = "gatepool cgi"
    yield Target(f"CGI in {language} against fcgiwrap", group, way, "rate", ">=", 1.15, "fcgiwrap -c 8", (16,))
    yield Target(f"CGI in {language} behind nginx against the fastest of all others", group, way, "rate", ">=", 1.0, FASTEST, (16,))
    yield Target(
        f"CGI in {language} over HTTP against the faster of those that are web servers", group, "gatepool cgi, HTTP", "rate", ">=", 1.0,
        FASTEST, (16,),
    )
    yield Target(f"CGI in {language}: p99 against fcgiwrap", group, way, "p99", "<=", 1.0, "fcgiwrap -c 8", (16,))


def bodies(group, what):
    yield Target(f"{what} against multiwatch", group, GATEPOOL, "rate", ">=", 0.9, NOT_KEPT, (16,))
    yield Target(f"{what} against multiwatch with kept connections, one for each worker", group, GATEPOOL, "rate", ">=", 0.9, KEPT, (4,))


C16, BOTH = (16,), (16, 64)

TARGETS = (
    Target("C FastCGI hello against multiwatch without keep-alive", "fastcgi-c", GATEPOOL, "rate", ">=", 1.25, NOT_KEPT, BOTH),
    Target(
        "the same against multiwatch with keep-alive at c4, its best case", "fastcgi-c", GATEPOOL, "rate", ">=", 0.9, KEPT,
        C16, 4,
    ),
    Target("its p99 against multiwatch without keep-alive", "fastcgi-c", GATEPOOL, "p99", "<=", 1.3, NOT_KEPT, (64,)),
    Target("CPU of gatepool for a small request, both hops", "fastcgi-c", GATEPOOL, "cpu", "<=", 12.0, connections=BOTH),
    Target(
        "mod_fcgid: p99 with gatepool-attach against its own", "fastcgi-c", "mod_fcgid + gatepool-attach", "p99", "<=", 1.0,
        "mod_fcgid", C16,
    ),
    Target(
        "PHP hello against php-fpm static 4, not kept", "php", "gatepool + php-cgi, kept", "rate", ">=", 1.25,
        "php-fpm static, not kept", BOTH,
    ),
    Target(
        "PHP behind Apache against php-fpm", "php-apache", "gatepool + php-cgi, kept", "rate", ">=", 1.0,
        "php-fpm static, not kept", C16,
    ),
    *bodies("response-64k", "64 KiB responses"),
    *bodies("echo-64k", "64 KiB echo"),
    *bodies("echo-1m", "1 MiB echo"),
    *cgi("cgi-c", "C"),
    *cgi("cgi-sh", "sh"),
    Target("WSGI through nginx against uWSGI", "wsgi-nginx", GATEPOOL, "rate", ">=", 1.0, "uWSGI", BOTH),
    Target("WSGI through nginx: p99 against uWSGI", "wsgi-nginx", GATEPOOL, "p99", "<=", 1.33, "uWSGI", BOTH),
    Target("WSGI through nginx against gunicorn sync", "wsgi-nginx", GATEPOOL, "rate", ">=", 1.9, "gunicorn sync", BOTH),
    *(
        Target(f"HTTP directly against {peer}", "wsgi-http", "gatepool", "rate", ">=", limit, peer, BOTH)
        for peer, limit in {
            "gunicorn sync": 2.2,
            "gunicorn gthread": 2.2,
            "uwsgi --http, kept": 2.0,
            "waitress, 1 process": 3.0,
            "cheroot, 1 process": 3.0,
            "tornado, 1 process": 3.0,
            "tornado, 4 processes": 3.0,
            "twisted, 1 process": 3.0,
        }.items()
    ),
    Target("WSGI, 5 ms of CPU: within 3 % of uWSGI", "wsgi-work", GATEPOOL, "rate", ">=", 0.97, "uWSGI", C16),
    Target(
        "Memory of one WSGI worker, more than gunicorn sync's", "wsgi-nginx", GATEPOOL, "memory", "<=", 3.0, "gunicorn sync",
        component="workers", state="loaded", each=4,
    ),
    Target(
        "p99 at 5,000 connections, 64 active, against that at 64", "growth-resting", "gatepool, HTTP", "p99", "<=", 1.5,
        connections=(64,), x=5000, peer_x=0,
    ),
    Target("Memory of the idle daemon", "start-fastcgi", "gatepool, JDK 17", "memory", "<=", 80 * MB, state="idle"),
    Target("Memory of the daemon after a load", "start-fastcgi", "gatepool, JDK 17", "memory", "<=", 110 * MB, state="loaded"),
    Target("Start to first answer", "start-fastcgi", "gatepool, JDK 17", "start", "<=", 0.6),
)  # fmt: skip


def ratios(runs, what, own, peer):
    """Of runs of the same round only. own and peer: (way, connections or None for any, x) in runs of one group."""
    return list(by_round(runs, what, own, peer).values())


def by_round(runs, what, own, peer):
    def of(place):
        way, connections, x = place
        return {
            run["round"]: run[what]
            for run in runs
            if run["way"] == way and run["x"] == x and (connections is None or run["connections"] == connections)
        }

    ours, theirs = of(own), of(peer)
    return {number: ours[number] / theirs[number] for number in sorted(ours) if theirs.get(number)}


def value(target, connections, result):
    """The figure of a target, or None if the result has not what it takes."""
    runs = [run for run in result["runs"] if run["group"] == target.group]
    own = target.way, connections, target.x
    if target.what == "memory":
        return memory(target, result["memory"])
    if target.what == "start":
        found = [start["seconds"] for start in result["starts"] if (start["group"], start["way"]) == (target.group, target.way)]
    elif target.peer_x is not None:
        found = ratios(runs, target.what, own, (target.way, connections, target.peer_x))
    elif target.peer == FASTEST:
        found = to_the_fastest(target, own, runs, result)
    elif target.peer:
        found = ratios(runs, target.what, own, (target.peer, target.peer_connections or connections, target.x))
    else:
        ours = [run for run in runs if (run["way"], run["connections"], run["x"]) == own]
        found = [run["cpu"][target.component] if target.what == "cpu" else run[target.what] for run in ours]
    return median(found) if found else None


def to_the_fastest(target, own, runs, result):
    """Within each round, the ratio to the one that was fastest then."""
    ways = [way for group in result["groups"] if group["id"] == target.group for way in group["ways"]]
    peers = {name for way in ways if way["name"] == target.way for name in way["peers"]}
    each = [by_round(runs, target.what, own, (name, own[1], own[2])) for name in peers]
    rounds = {number for found in each for number in found}
    return [min(found[number] for found in each if number in found) for number in sorted(rounds)]


def memory(target, entries):
    def of(way):
        for entry in entries:
            if (entry["group"], entry["way"], entry["state"]) == (target.group, way, target.state):
                return entry["pss"][target.component] / MIB / target.each
        return None

    own, peer = of(target.way), of(target.peer) if target.peer else 0.0
    return None if own is None or peer is None else own - peer


def judge(result, targets=TARGETS):
    """The targets of all groups that were measured, in the form of the result; of the short form what it has."""
    measured = {group["id"] for group in result["groups"]}
    for target in targets:
        if target.group not in measured:
            continue
        for connections in target.connections:
            found = value(target, connections, result)
            if found is None and result["form"] == "short":
                continue
            met = None if found is None else found >= target.limit if target.sign == ">=" else found <= target.limit
            yield {
                "row": target.row,
                "group": target.group,
                "way": target.way,
                "peer": target.peer,
                "connections": connections,
                "peer_connections": target.peer_connections,
                "x": target.x,
                "what": target.what,
                "sign": target.sign,
                "limit": target.limit,
                "value": found,
                "met": met,
            }


def line(verdict):
    """A verdict as one line of text."""
    what, connections = verdict["what"], verdict["connections"]
    relative = what in ("rate", "p99") and (verdict["peer"] or verdict["x"] is not None)
    name = {"rate": "requests/s", "p99": "p99", "cpu": "CPU", "memory": "PSS", "start": "time"}[what]
    unit = "times" if relative else {"p99": "ms", "cpu": "us", "memory": "MiB", "start": "s"}[what]
    found = "not measured" if verdict["value"] is None else f"{verdict['value']:.2f}, {'met' if verdict['met'] else 'MISSED'}"
    at = "" if connections is None else f", c{connections}"
    return f"target: {verdict['row']}{at}: {name} {verdict['sign']} {verdict['limit']:g} {unit}: {found}"
