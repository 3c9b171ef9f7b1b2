#!/usr/bin/python3
"""What is it worth to send a WSGI worker its next request before it has answered the last one (multiplex = 16)? The rate
of requests that do nothing, and p99 of such requests with slow ones among them, against multiplex = 1. See bench/README.md.

    python3 bench/mixed.py [--rounds 5] [--seconds 5] [--json FILE]
"""

import argparse
import json
import sys
import threading
from pathlib import Path
from statistics import median

from measure import figures, load, servers
from measure.stage import Stage, Trouble

APP = servers.APPS / "wsgi/mixed.py"
BODY = b"hello\n"
WORKERS = 4
DEPTHS = (16, 1)
# Two connections that pause for 100 ms on average before each request of 100 ms: 10 a second, never more than two of
# the four workers.
SLOW_CONNECTIONS, SLOW_PAUSE = 2, 100
P99_TARGET = 1.0
# Name of a load: connections, the pause of each before a request in ms, and whether there are slow requests besides.
LOADS = {
    "flat out, c16": (16, 0, False),
    "flat out, c64": (64, 0, False),
    "flat out, c16, slow ones among them": (16, 0, True),
    "paced, c16, slow ones among them": (16, 8, True),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of each run (default: 5)")
    parser.add_argument("--warm-up", type=int, default=10, metavar="SECONDS", help="once for each (default: 10)")
    parser.add_argument("--json", metavar="FILE", help="writes every single run there")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    return parser.parse_args()


def open_site(stage, distribution, depth):
    name = f"multiplex-{depth}"
    socket = stage.directory / f"{name}.sock"
    bridge = servers.gatepool(
        stage,
        name,
        distribution,
        f'kind = "wsgi"\nmodule = "mixed:app"\npython = "/usr/bin/python3"\nchdir = "{APP.parent}"\n'
        f'env = {{ PYTHONDONTWRITEBYTECODE = "1" }}\n'
        f'listen = "unix:{socket}"\nworkers.mode = "static"\nworkers.max = {WORKERS}\nmultiplex = {depth}\n',
    )
    return servers.behind_nginx(stage, name, bridge, socket, stage.directory, True, "/", BODY)


class SlowOnes:
    """wrk with slow requests, besides the one that is measured, and for as long."""

    def __init__(self, site, seconds, wanted):
        self.site, self.seconds, self.wanted = site, seconds, wanted
        self.run = None

    def __enter__(self):
        if self.wanted:
            self.thread = threading.Thread(target=self.ask)
            self.thread.start()
        return self

    def ask(self):
        self.run = load.wrk(self.site.port, "/slow", SLOW_CONNECTIONS, self.seconds, "slow ones", pause=SLOW_PAUSE)

    def __exit__(self, *exception):
        if self.wanted:
            self.thread.join()
            if self.run is None or self.run.errors:
                raise Trouble("the slow requests were not all answered")


def measure(site, name, options):
    connections, pause, slow = LOADS[name]
    expected = load.check(site.port, "/", BODY, site.name)
    errors_before = figures.error_lines(site)
    with load.Meter(site) as meter, SlowOnes(site, options.seconds, slow):
        run = load.wrk(site.port, "/", connections, options.seconds, site.name, expected, pause)
    load.check(site.port, "/", BODY, site.name)
    return figures.Sample(run, meter, figures.error_lines(site) - errors_before)


def rounds(options, sites):
    """Both one right after the other, in turns which of them is the first."""
    samples = {}
    for number in range(options.rounds):
        for name in LOADS:
            for depth in DEPTHS if number % 2 == 0 else DEPTHS[::-1]:
                sample = measure(sites[depth], name, options)
                samples.setdefault((name, depth), []).append(sample)
                figures.progress(f"round {number + 1} of {options.rounds}, {name}, multiplex = {depth}", sample)
    return samples


def show(samples):
    print(f"\n{WORKERS} WSGI workers behind nginx; slow: {SLOW_CONNECTIONS} connections with requests of 100 ms")
    print(f"{'':36} {'multiplex':>9}   {'requests/s':>10}   {'p50 ms':>7} {'p99 ms':>7} {'min':>7} {'max':>7}   errors")
    for name, (_, pause, slow) in LOADS.items():
        for depth in DEPTHS:
            several = samples[name, depth]
            p99 = [sample.p99 for sample in several]
            print(
                f"{name:36} {depth:>9}   {median(s.rate for s in several):10.0f}   {median(s.p50 for s in several):7.2f}"
                f" {median(p99):7.2f} {min(p99):7.2f} {max(p99):7.2f}   {sum(s.run.errors for s in several)}"
            )
        both = [samples[name, depth] for depth in DEPTHS]
        rate, p99 = figures.ratios(*both, "rate"), figures.ratios(*both, "p99")
        print(f"    16 to 1, same rounds: requests/s {figures.spread(rate)}, p99 {figures.spread(p99)}", end="")
        print(f"; target, p99 {P99_TARGET}: {'met' if median(p99) <= P99_TARGET else 'MISSED'}" if slow else "")
        for depth in DEPTHS:
            for doubt in figures.doubts(samples[name, depth]):
                print(f"    WARNING, multiplex = {depth}: {doubt}")


def every_run(samples):
    return [
        {"load": name, "multiplex": depth, "round": number + 1} | sample.as_dict()
        for (name, depth), several in samples.items()
        for number, sample in enumerate(several)
    ]


def main():
    options = arguments()
    with Stage() as stage:
        machine = list(figures.machine(options.gatepool))
        print("\n".join(machine), flush=True)
        sites = {depth: open_site(stage, options.gatepool, depth) for depth in DEPTHS}
        for depth, site in sites.items():
            figures.progress(f"warm-up, multiplex = {depth}")
            load.wrk(site.port, "/", 16, options.warm_up, site.name)
        samples = rounds(options, sites)
        show(samples)
        if options.json:
            content = {"machine": machine, "runs": every_run(samples)}
            Path(options.json).write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\nSTOPPED: {type(trouble).__name__}: {trouble}")
