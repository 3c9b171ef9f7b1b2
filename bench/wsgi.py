#!/usr/bin/python3
"""gatepool beside other servers of Python applications, in interleaved rounds. See bench/README.md.

    python3 bench/wsgi.py [--rounds 5] [--seconds 5] [--cases nginx,http,work] [--json FILE]
"""

import argparse
import os
import sys
from pathlib import Path
from statistics import median

from measure import figures, proc, ways, wsgi_servers
from measure.stage import Stage, Trouble
from measure.ways import Way

BODY = b"hello\n"

HTTP_PEERS = {
    "gunicorn sync": 2.2,
    "gunicorn gthread": 2.2,
    "uwsgi --http, kept": 2.0,
    "waitress, 1 process": 3.0,
    "cheroot, 1 process": 3.0,
    "tornado, 1 process": 3.0,
    "tornado, 4 processes": None,
    "twisted, 1 process": 3.0,
}
"""And how many times as fast gatepool has to be."""

GROUPS = {
    "nginx": (
        "Behind nginx: an application that does nothing, 4 workers",
        [
            Way("gatepool, kept", "nginx-gatepool", "/", ("uWSGI", "gunicorn sync")),
            Way("gatepool, multiplex = 1", "nginx-one-by-one", "/", ("uWSGI", "gunicorn sync")),
            Way("uWSGI", "nginx-uwsgi", "/"),
            Way("gunicorn sync", "nginx-gunicorn", "/"),
        ],
    ),
    "http": (
        "Directly over HTTP: the same application, 4 workers where there are processes",
        [
            Way("gatepool", "http-gatepool", "/", tuple(HTTP_PEERS)),
            Way("gunicorn sync", "http-gunicorn", "/"),
            Way("gunicorn gthread", "http-gthread", "/"),
            Way("uwsgi --http, kept", "http-uwsgi", "/"),
            Way("waitress, 1 process", "waitress", "/"),
            Way("cheroot, 1 process", "cheroot", "/"),
            Way("tornado, 1 process", "tornado", "/"),
            Way("tornado, 4 processes", "tornado-4", "/"),
            Way("twisted, 1 process", "twisted", "/"),
        ],
    ),
    "work": (
        "Behind nginx: an application that takes 5 ms of CPU, 4 workers",
        [
            Way("gatepool, kept", "work-gatepool", "/", ("uWSGI", "gunicorn sync")),
            Way("uWSGI", "work-uwsgi", "/"),
            Way("gunicorn sync", "work-gunicorn", "/"),
        ],
    ),
}

# What issue 5 asks for; the form is that of ways.verdicts().
TARGETS = [
    ("nginx", "uWSGI", "rate", ">=", 1.0, (16, 64)),
    ("nginx", "uWSGI", "p99", "<=", 1.33, (16, 64)),
    ("nginx", "gunicorn sync", "rate", ">=", 1.9, (16, 64)),
    *(("http", peer, "rate", ">=", limit, (16, 64)) for peer, limit in HTTP_PEERS.items() if limit),
    ("work", "uWSGI", "rate", ">=", 0.97, (16, 64)),
    ("work", "gunicorn sync", "rate", ">=", 0.97, (16, 64)),
]

# A worker of gatepool may have so much more than one of gunicorn's, in MiB.
MEMORY_TARGET = 3.0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of each run (default: 5)")
    parser.add_argument("--warm-up", type=int, default=10, metavar="SECONDS", help="once for each way (default: 10)")
    parser.add_argument("--connections", default="16,64", help="of wrk, one or more numbers (default: 16,64)")
    parser.add_argument("--cases", default="nginx,http,work", help="of nginx, http, work (default: all)")
    parser.add_argument("--json", metavar="FILE", help="writes every single run there")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    chosen = parser.parse_args()
    chosen.cases = ways.chosen_groups(GROUPS, chosen.cases)
    chosen.connections = [int(number) for number in chosen.connections.split(",")]
    if not chosen.cases or chosen.rounds < 1 or chosen.seconds < 1:
        parser.error("nothing to do")
    return chosen


def open_site(stage, distribution, way):
    of = wsgi_servers
    at = (way.path, BODY)
    # "In the 2-4 x $(NUM_CORES) range", its documentation says of --threads.
    threads = str(2 * os.cpu_count())
    start = {
        "nginx-gatepool": lambda: of.nginx_gatepool(stage, distribution, "nginx-gatepool", "app", *at),
        "nginx-one-by-one": lambda: of.nginx_gatepool(
            stage, distribution, "nginx-one-by-one", "app", *at, more="multiplex = 1\n"
        ),
        "nginx-uwsgi": lambda: of.nginx_uwsgi(stage, "nginx-uwsgi", "app", *at),
        "nginx-gunicorn": lambda: of.nginx_gunicorn(stage, "nginx-gunicorn", "app", *at),
        "http-gatepool": lambda: of.http_gatepool(stage, distribution, "http-gatepool", *at),
        "http-gunicorn": lambda: of.http_gunicorn(stage, "http-gunicorn", *at),
        "http-gthread": lambda: of.http_gunicorn(stage, "http-gthread", *at, "--threads", threads),
        "http-uwsgi": lambda: of.http_uwsgi(stage, "http-uwsgi", *at),
        "waitress": lambda: of.waitress(stage, "waitress", *at),
        "cheroot": lambda: of.cheroot(stage, "cheroot", *at),
        "tornado": lambda: of.tornado(stage, "tornado", 1, *at),
        "tornado-4": lambda: of.tornado(stage, "tornado-4", of.WORKERS, *at),
        "twisted": lambda: of.twisted(stage, "twisted", *at),
        "work-gatepool": lambda: of.nginx_gatepool(stage, distribution, "work-gatepool", "work", *at),
        "work-uwsgi": lambda: of.nginx_uwsgi(stage, "work-uwsgi", "work", *at),
        "work-gunicorn": lambda: of.nginx_gunicorn(stage, "work-gunicorn", "work", *at),
    }
    return start[way.site]()


def worker_memory(sites):
    """Of one worker process behind nginx, as it is after the load; and what became of the target."""
    kinds = ("Rss", "Pss", "Private_Dirty")
    found = {}
    print("Memory of one worker process after the rounds, MiB, median of them")
    print(f"{'':26} {'RSS':>7} {'PSS':>7} {'private, written to':>20}")
    for name in ("nginx-gatepool", "nginx-uwsgi", "nginx-gunicorn"):
        workers = [proc.memory_figures(one.pid) for one in sites[name].families()["workers"]]
        rss, pss, private = found[name] = [median(one.get(kind, 0) for one in workers) / 2**20 for kind in kinds]
        print(f"{name:26} {rss:7.1f} {pss:7.1f} {private:20.1f}")
    for number, kind in enumerate(kinds):
        more = found["nginx-gatepool"][number] - found["nginx-gunicorn"][number]
        met = "met" if more <= MEMORY_TARGET else "MISSED"
        print(f"target, {kind} of a worker at most {MEMORY_TARGET} MiB more than gunicorn sync's: {more:+.2f} MiB, {met}")
    print()


def main():
    options = arguments()
    with Stage() as stage:
        machine = list(figures.machine(options.gatepool))
        print("\n".join(machine), flush=True)
        wsgi_servers.lay_out_applications(stage.directory)
        sites = {}
        for group in options.cases:
            for way in GROUPS[group][1]:
                sites[way.site] = open_site(stage, options.gatepool, way)
        ways.warm_up(options, GROUPS, sites)
        samples = ways.rounds(options, GROUPS, sites, BODY)
        ways.tables(options, GROUPS, samples)
        figures.memory(sites)
        if "nginx" in options.cases:
            worker_memory(sites)
        for line in ways.verdicts(TARGETS, GROUPS, samples):
            print(line)
        if options.json:
            figures.write_json(options.json, machine, options, samples, sites)


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\nSTOPPED: {type(trouble).__name__}: {trouble}")
