"""Figures for people: tables, ratios, and the doubts that belong beside them."""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from measure import cgroup

# Within one case, (max - min) / median of the requests/s. Above it the machine, or the case, is not steady.
SPREAD = 0.15
# Of the machine's time: CPU that others used meanwhile, or that the host took away.
ELSEWHERE = 0.05


class Sample:
    """One run: wrk's figures, and CPU by part."""

    def __init__(self, run, meter, error_lines, connections=None):
        self.connections = connections
        self.run = run
        self.rate = run.rate
        self.p50 = run.p50
        self.p99 = run.p99
        per_request = 1e6 / max(run.requests, 1)
        self.cpu = {part: seconds * per_request for part, seconds in meter.cpu.items()}
        self.load_cpu = run.cpu * per_request
        self.error_lines = error_lines
        capacity = meter.wall * os.cpu_count()
        ours = sum(meter.cpu.values()) + run.cpu + meter.own
        self.elsewhere = max(0.0, meter.busy - ours) / capacity
        self.steal = meter.steal / capacity

    def as_dict(self):
        """What a file has of it."""
        run = self.run
        return {
            "seconds": run.seconds,
            "requests": run.requests,
            "rate": run.rate,
            "p50": run.p50,
            "p90": run.p90,
            "p99": run.p99,
            "max": run.max,
            "errors": {kind: getattr(run, kind) for kind in ("connect", "read", "write", "status", "timeout")},
            "served": run.served,
            "cpu": self.cpu | {"load": self.load_cpu},
            "elsewhere": self.elsewhere,
            "steal": self.steal,
            "error_log_lines": self.error_lines,
        }


def error_lines(site):
    """Lines that the web server has written into its error log so far."""
    path = Path(site.errors)
    return path.read_bytes().count(b"\n") if path.exists() else 0


def first_line(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except OSError:
        return f"no {command[0]}"
    return (done.stdout.splitlines() or [""])[0]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def machine(distribution):
    """What the figures depend on, and a warning when others use the machine. Before anything is started."""
    busy = os.getloadavg()[0]
    yield f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} x {processor()}, Linux {platform.release()}, load {busy:.2f}"
    java = os.environ.get("JAVA_HOME")
    yield ", ".join(
        [
            first_line("/usr/sbin/nginx", "-v"),
            first_line("wrk", "-v").split(" [")[0],
            first_line(f"{java}/bin/java" if java else "java", "-version"),
            first_line(str(distribution / "bin/gatepool"), "--version"),
        ]
    )
    probe = cgroup.make("probe")
    if probe:
        probe.remove()
    else:
        yield "no control groups for this user: the CPU of fcgiwrap's scripts is not seen (start as root to see it)"
    if busy > 0.5:
        yield f"WARNING: the load average is {busy:.2f} before anything was started: others use this machine"


def progress(text, sample=None):
    if sample is None:
        line = text
    else:
        line = f"{text}: {sample.rate:.0f}/s, p99 {sample.p99:.2f} ms"
        if sample.run.errors:
            line += f", ERRORS: {sample.run.error_text()}"
    print(line, file=sys.stderr, flush=True)


def ratios(own, peer, what):
    """Of runs of the same round only."""
    return [getattr(a, what) / getattr(b, what) for a, b in zip(own, peer) if getattr(b, what)]


def table(title, ways, points, samples):
    """points: (what stands before a row, point); samples by point and name of the way."""
    print(f"\n{title}")
    print(
        f"{'':28} {'':>8}   {'requests/s':^23}   {'latency, ms':^23}   {'CPU, us/request':^34}\n"
        f"{'':28} {'':>8}   {'min':>7} {'median':>7} {'max':>7}   {'p50':>7} {'p99':>7} {'max':>7}"
        f"   {'web':>6} {'bridge':>6} {'worker':>6} {'all':>6} {'load':>6}   errors"
    )
    for label, point in points:
        for way in ways:
            row(way.name, label, samples[point, way.name])
    for label, point in points:
        for way in ways:
            for name in way.peers:
                if (point, name) in samples:
                    own, peer = samples[point, way.name], samples[point, name]
                    rate, p99 = ratios(own, peer, "rate"), ratios(own, peer, "p99")
                    print(f"    {label}, {way.name} to {name}, same rounds: requests/s {spread(rate)}, p99 {spread(p99)}")
    for label, point in points:
        for way in ways:
            for doubt in doubts(samples[point, way.name]):
                print(f"    WARNING, {way.name}, {label}: {doubt}")


def row(name, label, samples):
    rates = [sample.rate for sample in samples]
    cpu = {part: median(sample.cpu[part] for sample in samples) for part in samples[0].cpu}
    errors = sum(sample.run.errors for sample in samples)
    print(
        f"{name:28} {label:>8}   {min(rates):7.0f} {median(rates):7.0f} {max(rates):7.0f}"
        f"   {median(s.p50 for s in samples):7.2f} {median(s.p99 for s in samples):7.2f} {median(s.run.max for s in samples):7.1f}"
        f"   {cpu['web']:6.1f} {cpu['bridge']:6.1f} {cpu['workers']:6.1f} {sum(cpu.values()):6.1f}"
        f" {median(s.load_cpu for s in samples):6.1f}   {errors}{starved(samples)}"
    )


def starved(samples):
    """Which connections were never answered: a server that ignores most of its clients looks fast."""
    least = min((sample.run.served for sample in samples if sample.run.served is not None), default=None)
    connections = samples[0].connections
    if least is None or connections is None or least >= connections:
        return ""
    return f", starves: {least} of {connections} connections got an answer"


def spread(values):
    if not values:
        return "none"
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def doubts(samples):
    """Why the figures of a case may not mean what they seem to."""
    rates = [sample.rate for sample in samples]
    width = (max(rates) - min(rates)) / median(rates) if median(rates) else 1.0
    if width > SPREAD:
        yield f"requests/s spread over {width:.0%} of the median: a noisy machine, or an unsteady case"
    elsewhere, steal = (median(getattr(sample, what) for sample in samples) for what in ("elsewhere", "steal"))
    if elsewhere > ELSEWHERE:
        yield f"{elsewhere:.0%} of the machine went to processes that are no part of this"
    if steal > ELSEWHERE:
        yield f"the host took {steal:.0%} of the machine for others"
    if starved(samples):
        yield f"it {starved(samples)[2:]}, so its figures are those of a server that does not serve all"
    lines = sum(sample.error_lines for sample in samples)
    if lines:
        yield f"the web server wrote {lines} lines into its error log"
    wrong = [f"round {number + 1}: {sample.run.error_text()}" for number, sample in enumerate(samples) if sample.run.errors]
    if wrong:
        yield f"requests that failed, so its figures are those of a server that does not serve: {'; '.join(wrong)}"


def memory(entries):
    """Those of one group, as they are in the result."""
    print(f"    {'PSS, MiB':24} {'idle':^27}   {'loaded':^27}\n    {'':24}" + 2 * f" {'web':>8} {'bridge':>8} {'workers':>8}  ")
    for name in dict.fromkeys(entry["way"] for entry in entries):
        states = {entry["state"]: entry["pss"] for entry in entries if entry["way"] == name}
        cells = (" ".join(f"{states[state].get(part, 0) / 2**20:8.1f}" for part in ("web", "bridge", "workers")) for state in states)
        print(f"    {name:24} {'   '.join(cells)}")
