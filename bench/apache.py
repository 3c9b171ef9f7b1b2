#!/usr/bin/python3
"""Apache in front of gatepool, and of what it stands in for, in interleaved rounds. See bench/README.md.

    python3 bench/apache.py [--rounds 5] [--seconds 5] [--cases fcgid,php] [--json FILE]
"""

import argparse
import sys
from pathlib import Path
from statistics import median

from measure import apache, figures, servers, ways
from measure.stage import Stage, Trouble
from measure.ways import Way

BODY = b"hello\n"

GROUPS = {
    "fcgid": (
        "mod_fcgid: an application in C (libfcgi), 4 workers",
        [
            Way("gatepool-attach", "fcgid-attach", "/hello", ("mod_fcgid, its own 4 workers",)),
            Way("mod_fcgid, its own 4 workers", "fcgid-own", "/hello"),
        ],
    ),
    "php": (
        "mod_proxy_fcgi: one PHP page, 4 workers",
        [
            Way("gatepool + php-cgi, kept", "proxy-gatepool", "/hello.php", ("php-fpm static, not kept",)),
            Way("php-fpm static, not kept", "proxy-fpm", "/hello.php"),
        ],
    ),
}

# What issue 6 asks for; the form is that of ways.verdicts().
TARGETS = [
    ("fcgid", "mod_fcgid, its own 4 workers", "p99", "<=", 1.0, (16,)),
    ("php", "php-fpm static, not kept", "rate", ">=", 1.0, (16,)),
]

# Of gatepool-attach with 16 connections, in ms.
P99_TARGET = 20.0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of each run (default: 5)")
    parser.add_argument("--warm-up", type=int, default=10, metavar="SECONDS", help="once for each way (default: 10)")
    parser.add_argument("--connections", default="16", help="of wrk, one or more numbers (default: 16)")
    parser.add_argument("--cases", default="fcgid,php", help="of fcgid, php (default: all)")
    parser.add_argument("--json", metavar="FILE", help="writes every single run there")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    chosen = parser.parse_args()
    chosen.cases = ways.chosen_groups(GROUPS, chosen.cases)
    chosen.connections = [int(number) for number in chosen.connections.split(",")]
    if not chosen.cases or chosen.rounds < 1 or chosen.seconds < 1:
        parser.error("nothing to do")
    return chosen


def open_site(stage, distribution, way):
    at = (way.path, BODY)
    start = {
        "fcgid-attach": lambda: apache.fcgid_attach(stage, distribution, *at),
        "fcgid-own": lambda: apache.fcgid_own(stage, *at),
        "proxy-gatepool": lambda: apache.proxy_gatepool(stage, distribution, *at),
        "proxy-fpm": lambda: apache.proxy_fpm(stage, *at),
    }
    return start[way.site]()


def fcgid_verdict(samples, connections):
    """The target that is a figure of its own, and not one beside a peer's."""
    runs = [sample.run for sample in samples.get(("fcgid", connections, "gatepool-attach"), [])]
    if runs:
        p99, timeouts = median(run.p99 for run in runs), sum(run.timeout for run in runs)
        met = "met" if p99 < P99_TARGET and not timeouts else "MISSED"
        print(f"target, fcgid c{connections}: p99 under {P99_TARGET:.0f} ms, no timeouts: {p99:.1f} ms, {timeouts} timeouts, {met}")


def main():
    options = arguments()
    with Stage() as stage:
        machine = list(figures.machine(options.gatepool))
        print("\n".join(machine), flush=True)
        servers.build_applications(stage.directory)
        sites = {}
        for group in options.cases:
            for way in GROUPS[group][1]:
                sites[way.site] = open_site(stage, options.gatepool, way)
        ways.warm_up(options, GROUPS, sites)
        samples = ways.rounds(options, GROUPS, sites, BODY)
        ways.tables(options, GROUPS, samples)
        figures.memory(sites)
        fcgid_verdict(samples, 16)
        for line in ways.verdicts(TARGETS, GROUPS, samples):
            print(line)
        if options.json:
            figures.write_json(options.json, machine, options, samples, sites)


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\nSTOPPED: {type(trouble).__name__}: {trouble}")
