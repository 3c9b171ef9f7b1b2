#!/usr/bin/python3
"""Do connections that only rest hurt those that work? p99 with and without 5,000 of them, and their memory. See bench/README.md.

    python3 bench/idle_clients.py [--idle 5000] [--connections 64] [--rounds 5] [--seconds 5]
"""

import argparse
import socket
import sys
import time
from pathlib import Path
from statistics import median

from measure import fastcgi, figures, load, proc, servers
from measure.resting import Resting, allow_descriptors
from measure.stage import Stage, Trouble, free_port, wait_for

BODY = b"hello\n"
P99_TARGET = 1.2
MEMORY_TARGET = 8 * 1024


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--idle", type=int, default=5000, help="connections that rest (default: 5000)")
    parser.add_argument("--connections", type=int, default=64, help="of wrk (default: 64)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of each run (default: 5)")
    parser.add_argument("--warm-up", type=int, default=10, metavar="SECONDS", help="once for each front (default: 10)")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    return parser.parse_args()


def open_sites(stage, distribution):
    port, unix = free_port(), stage.directory / "app.sock"
    servers.compile_c(servers.APPS / "hello.c", stage.directory / "hello", "-lfcgi")
    app = (
        f'kind = "fastcgi"\ncommand = ["{stage.directory}/hello"]\n'
        f'listen = ["unix:{unix}", "http:127.0.0.1:{port}"]\nworkers.mode = "static"\nworkers.max = 8\n'
    )
    bridge = servers.gatepool(stage, "app", distribution, app)
    behind = servers.behind_nginx(stage, "app", bridge, unix, stage.directory, True, "/hello", BODY)
    direct = servers.Site("http", None, bridge, port, behind.errors)
    http_request = f"GET /hello HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    return {
        "FastCGI, behind nginx": (behind, (socket.AF_UNIX, str(unix), fastcgi.request("/hello", flags=fastcgi.KEEP), fastcgi.is_whole)),
        "HTTP": (direct, (socket.AF_INET, ("127.0.0.1", port), http_request, lambda answer: answer.endswith(BODY))),
    }


def measure(name, site, options):
    expected = load.check(site.port, "/hello", BODY, name)
    errors_before = figures.error_lines(site)
    with load.Meter(site) as meter:
        run = load.wrk(site.port, "/hello", options.connections, options.seconds, name, expected)
    return figures.Sample(run, meter, figures.error_lines(site) - errors_before)


def with_resting(name, site, resting, options):
    """A sample, and the bytes of RSS by which the daemon grew for each connection while they were opened."""
    before, _ = proc.memory(site.bridge.pid)
    with Resting(*resting, options.idle) as idle:
        time.sleep(1)
        after, _ = proc.memory(site.bridge.pid)
        sample = measure(name, site, options)
        lost = idle.lost()
    if lost:
        raise Trouble(f"{name}: {lost} of the resting connections did not stay")
    wait_for(lambda: descriptors(site.bridge.pid) < 500, f"{name}: the daemon sees that they have left")
    return sample, (after - before) / options.idle


def descriptors(pid):
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def rounds(name, site, resting, options):
    """With and without, one right after the other, in turns which is the first. The first growth is the telling one: later ones fill room that is there."""
    quiet, crowded, growth = [], [], []
    for number in range(options.rounds):
        for rest in (False, True) if number % 2 == 0 else (True, False):
            if rest:
                sample, bytes_each = with_resting(name, site, resting, options)
                crowded.append(sample)
                growth.append(bytes_each)
            else:
                sample = measure(name, site, options)
                quiet.append(sample)
            figures.progress(f"{name}, round {number + 1} of {options.rounds}, {options.idle if rest else 'none'} resting", sample)
    return quiet, crowded, growth


def show(name, quiet, crowded, growth):
    print(f"\n{name}")
    for what, samples in (("none rest", quiet), ("with them", crowded)):
        print(
            f"    {what}: {median(s.rate for s in samples):7.0f}/s   p50 {median(s.p50 for s in samples):6.2f} ms"
            f"   p99 {median(s.p99 for s in samples):6.2f} ms   {sum(s.run.errors for s in samples)} errors"
        )
        for doubt in figures.doubts(samples):
            print(f"        WARNING: {doubt}")
    ratios = figures.ratios(crowded, quiet, "p99")
    print(f"    p99 with to p99 without, same rounds: {figures.spread(ratios)}; target {P99_TARGET}: {verdict(median(ratios), P99_TARGET)}")
    print(
        f"    RSS of the daemon, bytes for each: first round {growth[0]:.0f}, at most {max(growth):.0f};"
        f" target {MEMORY_TARGET}: {verdict(max(growth), MEMORY_TARGET)}"
    )


def verdict(figure, target):
    return "met" if figure <= target else "MISSED"


def main():
    options = arguments()
    allow_descriptors(2 * options.idle + 1000)
    with Stage() as stage:
        print("\n".join(figures.machine(options.gatepool)), flush=True)
        print(f"{options.idle} connections rest, wrk -t1 -c{options.connections} over 8 workers")
        for name, (site, resting) in open_sites(stage, options.gatepool).items():
            figures.progress(f"warm-up, {name}")
            load.wrk(site.port, "/hello", options.connections, options.warm_up, name)
            show(name, *rounds(name, site, resting, options))


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\nSTOPPED: {type(trouble).__name__}: {trouble}")
