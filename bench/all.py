#!/usr/bin/python3
"""gatepool beside the servers that its users would pick instead, in interleaved rounds. See bench/README.md.

    python3 bench/all.py [--full] [--cases cgi,fastcgi-c] [--rounds 5] [--seconds 2] [--connections 16] [--json FILE]
"""

import argparse
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from measure import cases, figures, servers, starts, targets, ways
from measure.resting import allow_descriptors
from measure.result import Result
from measure.stage import Stage, Trouble

REPORT = Path(__file__).with_name("report.py")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="every case: three quarters of an hour; else those that tell most: a quarter of an hour")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, help="of each run (default: 1, with --full 2; growth half as long)")
    parser.add_argument("--warm-up", type=int, default=6, metavar="SECONDS", help="of gatepool, up to eight times until it is warm; the others have 1 s (default: 6)")
    parser.add_argument("--rest", type=float, default=0, metavar="SECONDS", help="before each run, for a machine that may not work for long, as some of the cloud's; peers wait as well")
    parser.add_argument("--connections", help="of wrk, instead of each case's own: one or more numbers")
    parser.add_argument("--cases", help="groups, or how their names begin: " + ", ".join(group.id for group in everything()))
    parser.add_argument("--json", metavar="FILE", help="the result (default: target/bench/short.json or full.json)")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    options = parser.parse_args()
    options.seconds = options.seconds or (2 if options.full else 1)
    options.json = options.json or f"target/bench/{'full' if options.full else 'short'}.json"
    if min(options.rounds, options.seconds, options.warm_up) < 1 or options.rest < 0:
        parser.error("nothing to do")
    try:
        options.groups = chosen(options)
    except ValueError as error:
        parser.error(str(error))
    return options


def everything():
    return cases.GROUPS + starts.GROUPS


def chosen(options):
    """The groups to measure. One that is named is measured even where the short form would leave it out."""
    groups = everything()
    if options.cases:
        words = options.cases.split(",")
        unknown = [word for word in words if not cases.named(groups, [word])]
        if unknown:
            raise ValueError(f"--cases: there is no {', '.join(unknown)}; there are {', '.join(group.id for group in groups)}")
        groups = [group.chosen(options.full) or group for group in cases.named(groups, words)]
    else:
        groups = [group for group in (group.chosen(options.full) for group in groups) if group]
    if options.connections:
        numbers = [int(number) for number in options.connections.split(",")]
        groups = [with_connections(group, numbers) for group in groups]
    return groups


def with_connections(group, numbers):
    if group.kind != "cases":
        return group
    return replace(group, points=tuple(replace(group.points[0], connections=number, short=True) for number in numbers))


def measure(options, result, applications):
    for group in options.groups:
        if group.kind == "start":
            starts.measure_group(group, options, applications, result)
            starts.table(group, result.content)
        else:
            present, samples = ways.measure_group(group, options, applications, result)
            if not present:
                continue
            labels = [(f"c{point.connections}" if point.x is None else f"{point.x:g}", point) for point in group.points]
            figures.table(group.title, present, labels, samples)
            for label, point in labels:
                for way in present:
                    for doubt in figures.doubts(samples[point, way.name]):
                        result.warn(f"{group.id}, {way.name}, {label}: {doubt}")
        figures.memory([entry for entry in result.content["memory"] if entry["group"] == group.id])
        sys.stdout.flush()
        # What is finished stays, whatever becomes of the rest: a full run takes three quarters of an hour.
        result.write()


def report(path):
    """The same as a page; what was measured is kept whatever becomes of it."""
    if REPORT.exists():
        sys.stdout.flush()
        subprocess.run([sys.executable, REPORT, path], check=False)


def main():
    options = arguments()
    if not (options.gatepool / "bin/gatepool").exists():
        raise Trouble(f"{options.gatepool}/bin/gatepool is not there: `make dist` makes target/gatepool")
    # What waits is written at once, also into a pipe.
    sys.stdout.reconfigure(line_buffering=True)
    most = max((p.connections + p.resting for g in options.groups for p in getattr(g, "points", ())), default=0)
    allow_descriptors(2 * most + 1000)
    machine = list(figures.machine(options.gatepool))
    print("\n".join(machine))
    result = Result(options, options.gatepool)
    for line in machine:
        if line.startswith(("WARNING", "no control groups")):
            result.warn(line.removeprefix("WARNING: "))
    stopped = None
    try:
        with Stage() as stage:
            servers.build_applications(stage.directory)
            measure(options, result, stage.directory)
    except Trouble as trouble:
        stopped = f"STOPPED: {type(trouble).__name__}: {trouble}"
        result.keep_finished(stopped)
    result.content["targets"] = list(targets.judge(result.content))
    print()
    for verdict in result.content["targets"]:
        print(targets.line(verdict))
    for warning in result.content["warnings"]:
        if "left out" in warning:
            print(f"WARNING: {warning}")
    result.write()
    print(f"\n{result.content['minutes']:.1f} minutes; every run is in {options.json}")
    if stopped:
        sys.exit(f"\n{stopped}")
    report(options.json)


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\nSTOPPED: {type(trouble).__name__}: {trouble}")
