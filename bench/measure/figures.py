"""Figures for people: tables, ratios, and the doubts that belong beside them."""

import json
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

    def __init__(self, run, meter, error_lines):
        self.run = run
        self.rate = run.rate
        self.p50 = run.p50
        self.p99 = run.p99
        per_request = 1e6 / max(run.requests, 1)
        self.cpu = {part: seconds * per_request for part, seconds in meter.cpu.items()}
        self.error_lines = error_lines
        capacity = meter.wall * os.cpu_count()
        ours = sum(meter.cpu.values()) + run.cpu + meter.own
        self.elsewhere = max(0.0, meter.busy - ours) / capacity
        self.steal = meter.steal / capacity

    def as_dict(self):
        return self.run.as_dict() | {
            "cpu_us_per_request": self.cpu,
            "error_log_lines": self.error_lines,
            "cpu_elsewhere": self.elsewhere,
            "steal": self.steal,
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


def table(title, ways, connections, samples):
    print(f"\n{title}")
    print(
        f"{'':26} {'':>4}   {'requests/s':^23}   {'latency, ms':^15}   {'CPU, us/request':^27}\n"
        f"{'':26} {'conn':>4}   {'min':>7} {'median':>7} {'max':>7}   {'p50':>7} {'p99':>7}"
        f"   {'web':>6} {'bridge':>6} {'worker':>6} {'all':>6}   errors"
    )
    for number in connections:
        for way in ways:
            row(way.name, number, samples[number, way.name])
        for way in ways:
            for name in way.peers:
                own, peer = samples[number, way.name], samples[number, name]
                rate, p99 = ratios(own, peer, "rate"), ratios(own, peer, "p99")
                print(f"    ratio to {name}, same rounds: requests/s {spread(rate)}, p99 {spread(p99)}")
        for way in ways:
            for doubt in doubts(samples[number, way.name]):
                print(f"    WARNING, {way.name}, c{number}: {doubt}")


def row(name, connections, samples):
    rates = [sample.rate for sample in samples]
    cpu = {part: median(sample.cpu[part] for sample in samples) for part in samples[0].cpu}
    errors = sum(sample.run.errors for sample in samples)
    print(
        f"{name:26} {connections:>4}   {min(rates):7.0f} {median(rates):7.0f} {max(rates):7.0f}"
        f"   {median(s.p50 for s in samples):7.2f} {median(s.p99 for s in samples):7.2f}"
        f"   {cpu['web']:6.1f} {cpu['bridge']:6.1f} {cpu['workers']:6.1f} {sum(cpu.values()):6.1f}   {errors}"
    )


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
    lines = sum(sample.error_lines for sample in samples)
    if lines:
        yield f"the web server wrote {lines} lines into its error log"
    wrong = [f"round {number + 1}: {sample.run.error_text()}" for number, sample in enumerate(samples) if sample.run.errors]
    if wrong:
        yield f"requests that failed, so its figures are those of a server that does not serve: {'; '.join(wrong)}"


def memory(sites):
    print("\nMemory after the rounds, PSS in MiB")
    print(f"{'':26} {'web':>7} {'bridge':>7} {'workers':>7}")
    for name, site in sites.items():
        parts = {part: size / 2**20 for part, size in site.memory().items()}
        print(f"{name:26} {parts['web']:7.1f} {parts['bridge']:7.1f} {parts['workers']:7.1f}")
    print()


def write_json(path, machine, options, samples, sites):
    runs = [
        {"case": group, "connections": connections, "way": way, "round": number + 1} | sample.as_dict()
        for (group, connections, way), several in samples.items()
        for number, sample in enumerate(several)
    ]
    content = {
        "machine": machine,
        "rounds": options.rounds,
        "seconds": options.seconds,
        "runs": runs,
        "memory_pss": {name: site.memory() for name, site in sites.items()},
    }
    Path(path).write_text(json.dumps(content, indent=1) + "\n")
