#!/usr/bin/python3
"""Do slow clients hurt the others? p99 of ordinary requests with and without them. See bench/README.md.

    python3 bench/slow_clients.py [--rounds 5] [--seconds 5] [--json FILE]
"""

import argparse
import json
import sys
from pathlib import Path
from statistics import median

from measure import figures, load, servers
from measure.slow import Crowd
from measure.stage import Stage, Trouble, free_port, wait_for

APP = servers.APPS.parent.parent / "fcgi-server/src/test/apps/testapp.c"
BODY = b"hello\n"
TARGET = 1.2
# Name of a load, and the pause of each connection before each request, in ms. Paced, the machine is mostly idle: what
# p99 shows there is waiting, and not the competition for processors.
LOADS = {"paced": 8, "flat out": 0}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of each run (default: 5)")
    parser.add_argument("--warm-up", type=int, default=10, metavar="SECONDS", help="once for each front (default: 10)")
    parser.add_argument("--connections", type=int, default=16, help="of wrk (default: 16)")
    parser.add_argument("--json", metavar="FILE", help="writes every single run there")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    return parser.parse_args()


def open_sites(stage, distribution):
    """One gatepool with two fronts. nginx buffers nothing, so that gatepool meets the slowness and nginx hides none."""
    port = free_port()
    socket = stage.directory / "app.sock"
    servers.compile_c(APP, stage.directory / "testapp", "-lfcgi")
    bridge = servers.gatepool(
        stage,
        "app",
        distribution,
        f'kind = "fastcgi"\ncommand = ["{stage.directory}/testapp"]\n'
        f'listen = ["unix:{socket}", "http:127.0.0.1:{port}"]\nworkers.mode = "static"\nworkers.max = 4\n',
    )
    unbuffered = "fastcgi_buffering off; fastcgi_request_buffering off; client_max_body_size 0;"
    web, web_port = servers.nginx(stage, "app", socket, stage.directory, True, more=unbuffered, listen="sndbuf=64k")
    errors = stage.directory / "app.errors"
    sites = {
        "FastCGI, behind nginx": servers.Site("fastcgi", web, bridge, web_port, errors),
        "HTTP": servers.Site("http", None, bridge, port, errors),
    }
    for name, site in sites.items():
        wait_for(lambda: answers(site.port), f"{name} answers", bridge, stage)
    return sites


def answers(port):
    try:
        return load.fetch(port, "/hello").status == 200
    except OSError:
        return False


def measure(name, site, load_name, options):
    expected = load.check(site.port, "/hello", BODY, name)
    errors_before = figures.error_lines(site)
    with load.Meter(site) as meter:
        run = load.wrk(site.port, "/hello", options.connections, options.seconds, name, expected, LOADS[load_name])
    load.check(site.port, "/hello", BODY, name)
    return figures.Sample(run, meter, figures.error_lines(site) - errors_before)


def with_slow_clients(name, site, load_name, options):
    with Crowd(site.port) as crowd:
        sample = measure(name, site, load_name, options)
        troubles = list(crowd.troubles())
    if troubles:
        raise Trouble(f"{name}: the slow clients did not do their work: " + "; ".join(troubles))
    settle(site)
    return sample


def settle(site):
    """Until the requests of the slow clients, who have left, are forgotten: the daemon's temporary files are gone."""
    directory = Path(f"/proc/{site.bridge.pid}/fd")

    def spooled():
        links = (str(link.readlink()) for link in directory.iterdir() if link.is_symlink())
        return any(target.endswith(" (deleted)") for target in links)

    wait_for(lambda: not quietly(spooled), "gatepool forgets clients who have left")


def quietly(question):
    """Descriptors come and go while one looks at them; then it is looked at again."""
    try:
        return question()
    except OSError:
        return True


def rounds(options, sites):
    """With and without slow clients one right after the other, in turns which of the two is the first."""
    samples = {}
    for number in range(options.rounds):
        for name, site in sites.items():
            for load_name in LOADS:
                for slow in (False, True) if number % 2 == 0 else (True, False):
                    sample = (with_slow_clients if slow else measure)(name, site, load_name, options)
                    samples.setdefault((name, load_name, slow), []).append(sample)
                    what = f"{name}, {load_name}, {'slow clients' if slow else 'quiet'}"
                    figures.progress(f"round {number + 1} of {options.rounds}, {what}", sample)
    return samples


def show(options, sites, samples):
    print(f"\np99 of ordinary requests over 4 workers, wrk -t1 -c{options.connections}; slow: 8 senders and 8 readers at 1 KB/s")
    print(f"{'':33} {'':>5}   {'requests/s':>10}   {'p50 ms':>7} {'p99 ms':>7} {'min':>7} {'max':>7}   errors")
    for name in sites:
        for load_name in LOADS:
            both = {slow: samples[name, load_name, slow] for slow in (False, True)}
            for slow, several in both.items():
                p99 = [sample.p99 for sample in several]
                print(
                    f"{name + ', ' + load_name:33} {'slow' if slow else 'quiet':>5}   {median(s.rate for s in several):10.0f}"
                    f"   {median(s.p50 for s in several):7.2f} {median(p99):7.2f} {min(p99):7.2f} {max(p99):7.2f}"
                    f"   {sum(s.run.errors for s in several)}"
                )
            ratios = figures.ratios(both[True], both[False], "p99")
            verdict = "met" if median(ratios) <= TARGET else "MISSED"
            print(f"    p99 with them to p99 without, same rounds: {figures.spread(ratios)}; target {TARGET}: {verdict}")
            for slow, several in both.items():
                for doubt in figures.doubts(several):
                    print(f"    WARNING, {name}, {load_name}, {'slow' if slow else 'quiet'}: {doubt}")


def every_run(samples):
    return [
        {"front": name, "load": load_name, "slow_clients": slow, "round": number + 1} | sample.as_dict()
        for (name, load_name, slow), several in samples.items()
        for number, sample in enumerate(several)
    ]


def main():
    options = arguments()
    with Stage() as stage:
        machine = list(figures.machine(options.gatepool))
        print("\n".join(machine), flush=True)
        sites = open_sites(stage, options.gatepool)
        for name, site in sites.items():
            figures.progress(f"warm-up, {name}")
            load.wrk(site.port, "/hello", options.connections, options.warm_up, name)
        samples = rounds(options, sites)
        show(options, sites, samples)
        if options.json:
            content = {"machine": machine, "runs": every_run(samples)}
            Path(options.json).write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\nSTOPPED: {type(trouble).__name__}: {trouble}")
