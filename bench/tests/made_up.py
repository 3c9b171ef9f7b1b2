"""A made-up result with everything in it that a report can meet: all kinds of groups, a way that starves clients, one
with errors, noise, a single round, figures that are missing, an empty group, and names that look like HTML.

    cd bench && python3 -m tests.made_up > /tmp/made-up.json
"""

import json
import random

import reporting.result

HOSTILE = "<script>alert(1)</script> & <b>\"quoted\"</b> 'name' | `pipe`"


def result(rounds=5):
    chance = random.Random(7)
    content = {
        "format": "gatepool-bench 1", "form": "full", "started": "2026-11-21 22:30", "minutes": 74.25,
        "rounds": rounds, "seconds": 3,
        "machine": {
            "cores": 2, "cpu": "AMD EPYC 7763 64-Core Processor", "memory_gib": 7.6, "kernel": "6.1.0-18-amd64",
            "os": "Debian 12.11", "virtual": "kvm", "load_before": 0.1,
            "versions": {"gatepool": "1.0.0", "java": "17.0.15", "nginx": "1.22.1", "wrk": "4.1.0", "php": "8.2.28",
                         "uwsgi": "2.0.21", "gunicorn": "20.1.0", "note": HOSTILE},
        },
        "warnings": ["The host took 6% of the machine for other guests during 3 of 412 runs.", HOSTILE],
        "groups": [], "runs": [], "memory": [], "starts": [], "targets": [],
    }
    made = Maker(content, chance, rounds)
    fastcgi(made)
    php(made)
    cgi(made)
    wsgi(made)
    growth(made)
    start(made)
    content["groups"].append({"id": "empty", "family": "Start and memory", "title": "An empty group", "about": "",
                              "kind": "cases", "axis": None, "ways": []})
    return content


def checked(change=lambda content: None):
    """The Result of it, after a change."""
    content = result()
    change(content)
    reporting.result.check("made-up.json", content)
    return reporting.result.Result(content)


class Maker:
    def __init__(self, content, chance, rounds):
        self.content, self.chance, self.rounds = content, chance, rounds

    def group(self, identity, family, title, about, ways, kind="cases", axis=None):
        """ways: (name, server, how, peers)."""
        self.content["groups"].append({
            "id": identity, "family": family, "title": title, "about": about, "kind": kind, "axis": axis,
            "ways": [{"name": name, "server": server, "how": how, "own": server == "gatepool", "peers": peers}
                     for name, server, how, peers in ways],
        })

    def case(self, group, way, connections, rate, latency, cpu, x=None, noise=0.02, served=None, errors=None, rounds=None):
        p50, p99 = latency
        for number in range(1, (rounds or self.rounds) + 1):
            factor = 1 + self.chance.uniform(-noise, noise)
            self.content["runs"].append({
                "group": group, "way": way, "round": number, "connections": connections, "x": x, "seconds": 3.0,
                "requests": round(rate * factor * 3), "rate": rate * factor, "p50": p50 / factor,
                "p90": (p50 * 2 + p99) / 3 / factor, "p99": p99 / factor, "max": p99 * self.chance.uniform(2, 6),
                "errors": {"connect": 0, "read": 0, "write": 0, "status": 0, "timeout": 0} | (errors or {}),
                "served": connections if served is None else served,
                "cpu": {part: None if size is None else size / factor for part, size in zip(("web", "bridge", "workers", "load"), cpu)},
                "elsewhere": 0.01, "steal": 0.0, "error_log_lines": 0,
            })

    def memory(self, group, way, state, *sizes):
        self.content["memory"].append({"group": group, "way": way, "state": state, "pss": {
            part: None if size is None else int(size * 2**20) for part, size in zip(("web", "bridge", "workers"), sizes)}})

    def target(self, row, group, way, peer, connections, what, sign, limit, value, x=None):
        met = None if value is None else (value >= limit if sign == ">=" else value <= limit)
        self.content["targets"].append({"row": row, "group": group, "way": way, "peer": peer, "connections": connections,
                                        "x": x, "what": what, "sign": sign, "limit": limit, "value": value, "met": met})


def fastcgi(made):
    group, own, peer, kept = "fastcgi-c", "gatepool, kept", "spawn-fcgi + multiwatch", "multiwatch, kept"
    made.group(group, "FastCGI", "FastCGI in C: libfcgi, 4 workers",
               "A program in C that answers 110 bytes, behind nginx with the same configuration but for the two lines about "
               "keeping connections. Nobody writes an access log.",
               [(own, "gatepool", "keepalive 64; fastcgi_keep_conn on; gatepool serve -c gatepool.toml, workers = 4", [peer, kept]),
                (peer, "multiwatch", "spawn-fcgi -n -s /run/hello.sock -- /usr/bin/multiwatch -f 4 -- ./hello", []),
                (kept, "multiwatch", "the same, with keepalive 64 and fastcgi_keep_conn on", []),
                ("Apache, mod_fcgid", "mod_fcgid", "FcgidMaxProcesses 4; FcgidMinProcessesPerClass 4", [])])
    for number, factor in ((4, 0.85), (16, 1.0), (64, 1.03), (512, 0.9)):
        base = number / 16
        made.case(group, own, number, 33333 * factor, (0.4 * base, 1.2 * base), (12.1, 9.0, 8.2, 9.9))
        made.case(group, peer, number, 25100 * factor, (0.55 * base, 1.4 * base), (21.0, 0.0, 11.1, 10.2))
        made.case(group, kept, number, 37000 * factor, (0.11, 1.1 if number == 4 else 480), (10.0, 0.0, 8.0, 9.0),
                  served=16 if number == 16 else min(number, 4))
        made.case(group, "Apache, mod_fcgid", number, 9000 * factor, (1.7 * base, 1010), (88.0, None, 9.0, 9.9),
                  noise=0.2 if number == 64 else 0.02, errors={"timeout": 131, "status": 7} if number == 512 else None)
    made.memory(group, own, "idle", 6.1, 71.2, 1.9)
    made.memory(group, own, "loaded", 6.6, 92.4, 2.0)
    made.memory(group, peer, "idle", 6.0, 0.3, 1.6)
    made.memory(group, peer, "loaded", 6.4, 0.3, None)
    made.target("C FastCGI hello, 4 workers, nginx with kept connections, c16, against multiwatch without keep-alive",
                group, own, peer, 16, "rate", ">=", 1.25, 1.33)
    made.target("The same at c64: p99 against multiwatch without keep-alive", group, own, peer, 64, "p99", "<=", 1.3, 0.86)
    made.target("CPU of gatepool per small request, both hops", group, own, None, 16, "cpu", "<=", 12, 9.04)


def php(made):
    group = "php"
    made.group(group, "PHP", "PHP hello: php-cgi and php-fpm, 4 processes", "One line of PHP, opcache off on both sides.",
               [("gatepool, php-cgi", "gatepool", "command = php-cgi, workers = 4", ["php-fpm static 4", HOSTILE]),
                ("php-fpm static 4", "php-fpm", "pm = static; pm.max_children = 4", []),
                (HOSTILE, "php-cgi", HOSTILE, []),
                ("php-cgi, PHP_FCGI_CHILDREN=4", "php-cgi", "never ran", [])])
    made.case(group, "gatepool, php-cgi", 16, 16100, (0.9, 2.2), (14, 10, 60, 11))
    made.case(group, "php-fpm static 4", 16, 13900, (1.1, 2.3), (22, 0.4, 75, 11))
    made.case(group, HOSTILE, 16, 9000, (1.5, 3.1), (24, 0, 99, 11), rounds=1)
    made.content["runs"][-1].update(p50=None, p90=None, cpu={"web": 24.0})
    made.target("PHP hello against php-fpm static 4", group, "gatepool, php-cgi", "php-fpm static 4", 16, "rate", ">=", 1.25, 1.158)


def cgi(made):
    group = "cgi-sh"
    made.group(group, "CGI", "CGI in sh", "A script of four lines; each request is a fork, whoever does it.",
               [("gatepool", "gatepool", "[app.cgi] root = ...", ["fcgiwrap -c 8", "uwsgi cgi", "lighttpd, mod_cgi", "Apache, mod_cgid"]),
                ("fcgiwrap -c 8", "fcgiwrap", "fcgiwrap -c 8 -s unix:/run/fcgiwrap.sock", []),
                ("uwsgi cgi", "uwsgi", "uwsgi --plugin cgi --processes 8", []),
                ("lighttpd, mod_cgi", "lighttpd", "cgi.assign = ( \".sh\" => \"\" )", []),
                ("Apache, mod_cgid", "apache", "ScriptAlias /cgi/ ...", [])])
    for name, rate in (("gatepool", 1480), ("fcgiwrap -c 8", 1190), ("uwsgi cgi", 1230), ("lighttpd, mod_cgi", 1310), ("Apache, mod_cgid", 960)):
        made.case(group, name, 16, rate, (16000 / rate, 48000 / rate), (18, 80, 1100, 14))


def wsgi(made):
    group = "wsgi-http"
    servers = (("gunicorn sync", "gunicorn", 4100), ("gunicorn gthread", "gunicorn", 2900), ("gunicorn gevent", "gunicorn", 5200),
               ("uwsgi --http keep-alive", "uwsgi", 9800), ("waitress", "waitress", 3300), ("cheroot", "cheroot", 2700),
               ("tornado, 4 processes", "tornado", 3100), ("twisted", "twisted", 1200))
    made.group(group, "WSGI", "WSGI over HTTP, 4 workers", "The same application in Python, no web server in front.",
               [("gatepool, http", "gatepool", 'listen = "http:127.0.0.1:8000"', [name for name, _, _ in servers]),
                *((name, server, "as its documentation has it", []) for name, server, _ in servers)])
    for number in (4, 16, 64):
        made.case(group, "gatepool, http", number, 21000, (0.2 * number / 4, 0.9 * number / 4), (0, 15, 42, 12))
        for name, _, rate in servers:
            made.case(group, name, number, rate, (number / rate * 900, number / rate * 3500), (0, 0, 1.6e6 / rate, 12))
    made.target("HTTP directly against gunicorn", group, "gatepool, http", "gunicorn sync", 16, "rate", ">=", 2.2, 5.1)


def growth(made):
    for identity, name, unit, log, places in (
        ("grow-connections", "connections", "", True, (1, 4, 16, 64, 256, 1000, 5000)),
        ("grow-service", "service time", "ms", True, (0, 1, 5, 20, 50)),
        ("grow-size", "response size", "KiB", True, (0.1, 1, 16, 64, 1024)),
        ("grow-workers", "workers", "", False, (1, 2, 4, 8, 16, 32, 64)),
    ):
        made.group(identity, "Growth", f"Growing {name}", "What happens to throughput and p99.",
                   [("gatepool, kept", "gatepool", "", ["spawn-fcgi + multiwatch"]), ("spawn-fcgi + multiwatch", "multiwatch", "", [])],
                   kind="growth", axis={"name": name, "unit": unit, "log": log})
        for x in places:
            connections = x if name == "connections" else 64
            factor = 1 / (1 + x / places[-1])
            made.case(identity, "gatepool, kept", connections, 31000 * factor, (connections / 30, connections / 20), (12, 9, 8, 9), x=x)
            made.case(identity, "spawn-fcgi + multiwatch", connections, 24000 * factor ** 2, (connections / 24, connections / 10),
                      (21, 0, 11, 9), x=x, noise=0.08, served=connections - 700 if connections == 5000 else None)
    made.target("p99 at 5,000 connections, 64 active", "grow-connections", "gatepool, kept", None, None, "p99", "<=", 1.5, None, x=5000)


def start(made):
    group = "start"
    made.group(group, "Start and memory", "From start to the first answer", "From exec to the last byte of the first answer.",
               [("gatepool, JDK 17", "gatepool", "bin/gatepool serve", ["php-fpm"]), ("gatepool, JDK 21", "gatepool", "bin/gatepool serve", []),
                ("php-fpm", "php-fpm", "php-fpm -F", [])], kind="start")
    for way, seconds in (("gatepool, JDK 17", 0.52), ("gatepool, JDK 21", 0.47), ("php-fpm", 0.06)):
        for number in range(1, made.rounds + 1):
            made.content["starts"].append({"group": group, "way": way, "round": number,
                                           "seconds": seconds * made.chance.uniform(0.96, 1.08)})
    made.memory(group, "gatepool, JDK 17", "idle", None, 74.0, None)
    made.memory(group, "gatepool, JDK 17", "loaded", None, 101.0, None)
    made.target("Idle memory (PSS) of the daemon", group, "gatepool, JDK 17", None, None, "memory", "<=", 80.0, 77.6)
    made.target("Start to first answer (distribution, JDK 17)", group, "gatepool, JDK 17", None, None, "start", "<=", 0.6, 0.52)


if __name__ == "__main__":
    print(json.dumps(result(), indent=1))
