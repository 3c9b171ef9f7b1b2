#!/usr/bin/python3
"""What do the changes since an earlier gatepool cost? Both, and this one with an access log, in one run. See bench/README.md.

    python3 bench/versions.py --base DIR [--rounds 7] [--seconds 3]
"""

import argparse
import sys
from pathlib import Path
from statistics import median

from measure import figures, load, servers
from measure.stage import Stage, Trouble


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, required=True, metavar="DIR", help="the distribution of the earlier one")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="that of this one")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="of each run (default: 3)")
    parser.add_argument("--connections", type=int, default=64, help="of wrk (default: 64)")
    return parser.parse_args()


def site(stage, name, distribution, server=""):
    socket = stage.directory / f"{name}.sock"
    app = (
        f'kind = "fastcgi"\ncommand = ["{stage.directory}/bin/hello"]\nlisten = "unix:{socket}"\n'
        'workers.mode = "static"\nworkers.max = 4\n'
    )
    bridge = servers.gatepool(stage, name, distribution, app, server=server)
    return servers.behind_nginx(stage, name, bridge, socket, stage.directory / "www", True, "/hello", b"hello\n")


def main():
    options = arguments()
    with Stage() as stage:
        print("\n".join(figures.machine(options.gatepool)), flush=True)
        servers.build_applications(stage.directory)
        sites = {
            "base": site(stage, "base", options.base),
            "this": site(stage, "this", options.gatepool),
            "this-log": site(stage, "this-log", options.gatepool, f'access_log = "{stage.directory}/access.log"\n'),
        }
        for name, one in sites.items():
            load.wrk(one.port, "/hello", options.connections, 8, name)
        runs = {name: [] for name in sites}
        for number in range(options.rounds):
            for name in list(sites) if number % 2 == 0 else reversed(sites):
                with load.Meter(sites[name]) as meter:
                    run = load.wrk(sites[name].port, "/hello", options.connections, options.seconds, name)
                runs[name].append((run.rate, run.p99, meter.cpu["bridge"] * 1e6 / run.requests, run.errors))
        for name, several in runs.items():
            rate, p99, cpu = (median(run[part] for run in several) for part in range(3))
            ratios = [own[0] / other[0] for own, other in zip(several, runs["base"])]
            print(
                f"{name:9} {rate:8.0f} requests/s, p99 {p99:5.2f} ms, {cpu:5.2f} us CPU of gatepool's a request,"
                f" {sum(run[3] for run in several)} errors, rate to base: {figures.spread(ratios)}"
            )


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\nSTOPPED: {trouble}")
