#!/usr/bin/python3
"""gatepool beside its peers, behind nginx, in interleaved rounds. See bench/README.md.

    python3 bench/main_job.py [--rounds 5] [--seconds 5] [--cases c,php,cgi] [--json FILE]
"""

import argparse
import json
import sys
from pathlib import Path

from measure import figures, servers, ways
from measure.stage import Stage, Trouble
from measure.ways import Way

BODY = b"hello\n"


CGI_PEERS = ("fcgiwrap -c 8", "uwsgi cgi, 8 processes", "Apache mod_cgid", "lighttpd mod_cgi")

GROUPS = {
    "c": (
        "FastCGI in C: libfcgi, 4 workers",
        [
            Way("gatepool, kept", "hello", "/hello", ("spawn-fcgi + multiwatch",)),
            Way("spawn-fcgi + multiwatch", "multiwatch", "/hello"),
        ],
    ),
    "php": (
        "PHP: one page, 4 workers",
        [
            Way("gatepool + php-cgi, kept", "php", "/hello.php", ("php-fpm static",)),
            Way("php-fpm static", "fpm", "/hello.php"),
            Way("php-fpm static, kept", "fpm-kept", "/hello.php"),
        ],
    ),
    "cgi-c": (
        "CGI script in C, at most 8 at once",
        [
            Way("gatepool cgi, kept", "cgi", "/hello", CGI_PEERS),
            Way("fcgiwrap -c 8", "fcgiwrap", "/hello"),
            Way("uwsgi cgi, 8 processes", "uwsgi", "/hello"),
            Way("Apache mod_cgid", "apache", "/hello"),
            Way("lighttpd mod_cgi", "lighttpd", "/hello"),
        ],
    ),
    "cgi-sh": (
        "CGI script in sh, at most 8 at once",
        [
            Way("gatepool cgi, kept", "cgi", "/hello.sh", CGI_PEERS),
            Way("fcgiwrap -c 8", "fcgiwrap", "/hello.sh"),
            Way("uwsgi cgi, 8 processes", "uwsgi", "/hello.sh"),
            Way("Apache mod_cgid", "apache", "/hello.sh"),
            Way("lighttpd mod_cgi", "lighttpd", "/hello.sh"),
        ],
    ),
}

# (group, peer or None for the fastest in that round, what, at least or at most, limit, connections):
# what issues 2 and 3 ask for.
TARGETS = [
    ("c", "spawn-fcgi + multiwatch", "rate", ">=", 1.0, (16, 64)),
    ("c", "spawn-fcgi + multiwatch", "p99", "<=", 1.3, (64,)),
    *(
        target
        for group in ("cgi-c", "cgi-sh")
        for target in (
            (group, "fcgiwrap -c 8", "rate", ">=", 1.15, (16,)),
            (group, None, "rate", ">=", 1.0, (16,)),
            (group, "fcgiwrap -c 8", "p99", "<=", 1.0, (16,)),
        )
    ),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of each run (default: 5)")
    parser.add_argument("--warm-up", type=int, default=10, metavar="SECONDS", help="once for each way (default: 10)")
    parser.add_argument("--connections", default="16,64", help="of wrk, one or more numbers (default: 16,64)")
    parser.add_argument("--cases", default="c,php,cgi", help="of c, php, cgi, cgi-c, cgi-sh (default: c,php,cgi)")
    parser.add_argument("--json", metavar="FILE", help="writes every single run there")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    chosen = parser.parse_args()
    chosen.cases = ways.chosen_groups(GROUPS, chosen.cases)
    chosen.connections = [int(number) for number in chosen.connections.split(",")]
    if not chosen.cases or chosen.rounds < 1 or chosen.seconds < 1:
        parser.error("nothing to do")
    return chosen


def open_site(stage, distribution, way):
    start = {
        "hello": lambda: servers.gatepool_fastcgi(stage, distribution, way.path, BODY),
        "multiwatch": lambda: servers.multiwatch(stage, way.path, BODY),
        "php": lambda: servers.gatepool_php(stage, distribution, way.path, BODY),
        "fpm": lambda: servers.fpm(stage, "fpm", False, way.path, BODY),
        "fpm-kept": lambda: servers.fpm(stage, "fpm-kept", True, way.path, BODY),
        "cgi": lambda: servers.gatepool_cgi(stage, distribution, way.path, BODY),
        "fcgiwrap": lambda: servers.fcgiwrap(stage, way.path, BODY),
        "uwsgi": lambda: servers.uwsgi(stage, way.path, BODY),
        "apache": lambda: servers.apache(stage, way.path, BODY),
        "lighttpd": lambda: servers.lighttpd(stage, way.path, BODY),
    }
    return start[way.site]()


def main():
    options = arguments()
    with Stage() as stage:
        machine = list(figures.machine(options.gatepool))
        print("\n".join(machine), flush=True)
        servers.build_applications(stage.directory)
        sites = {}
        for group in options.cases:
            for way in GROUPS[group][1]:
                if way.site not in sites:
                    sites[way.site] = open_site(stage, options.gatepool, way)
        ways.warm_up(options, GROUPS, sites)
        samples = ways.rounds(options, GROUPS, sites, BODY)
        ways.tables(options, GROUPS, samples)
        figures.memory(sites)
        for line in ways.verdicts(TARGETS, GROUPS, samples):
            print(line)
        if options.json:
            figures.write_json(options.json, machine, options, samples, sites)


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\nSTOPPED: {type(trouble).__name__}: {trouble}")
