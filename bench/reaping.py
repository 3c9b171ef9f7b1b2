#!/usr/bin/python3
"""20,000 CGI scripts that end in every way there is: is each status right, is anything left? And what do the two
ways of reaping cost? See bench/README.md.

    python3 bench/reaping.py [--scripts 20000] [--rounds 5]
"""

import argparse
import asyncio
import os
import random
import re
import statistics
import sys
import time
from pathlib import Path

from measure import load, proc, servers
from measure.stage import Stage, Trouble, free_port, wait_for

CLIENTS = 12
MODES = ("waitid", "sigchld")

HEAD = r"printf 'Content-Type: text/plain\n\nx'"
KINDS = {
    # share of a hundred, what the script does, what the access log must say
    "exit": (50, f"{HEAD}; exit $N", "200 1 .* exit={n}"),
    "silent": (15, "exit $N", "502 [0-9]+ .* exit={n} cause=head-malformed"),
    "killed": (15, "kill -9 $$", "502 [0-9]+ .* signal=SIGKILL cause=head-malformed"),
    "cut": (10, f"{HEAD}; kill -SEGV $$", "200 1 .* signal=SIGSEGV cause=truncated"),
    "forked": (9, f"(setsid sleep 600 >/dev/null 2>&1 &); {HEAD}; exit $N", "200 1 .* exit={n}"),
    "stubborn": (1, "trap '' TERM; echo > $D/here-$I; exec sleep 600", "499 0 .* cause=client-gone"),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scripts", type=int, default=20000, help="in each mode (default: 20000)")
    parser.add_argument("--rounds", type=int, default=5, help="of the comparison of costs (default: 5)")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    return parser.parse_args()


def is_listening(port):
    try:
        load.fetch(port, "/")
        return True
    except OSError:
        return False


def start(stage, options, mode, root):
    port = free_port()
    configuration = stage.directory / f"{mode}.toml"
    configuration.write_text(f"""
[server]
runtime_dir = "run-{mode}"
access_log = "access-{mode}.log"
reaper = "{mode}"
[app.mix]
kind = "cgi"
root = "{root}"
listen = "http:127.0.0.1:{port}"
max_running = 16
stop_timeout = "100ms"
queue.timeout = "60s"
""")
    command = [options.gatepool.resolve() / "bin/gatepool", "serve", "-R", "-c", configuration]
    server = stage.start(f"gatepool-{mode}", command)
    wait_for(lambda: is_listening(port), "gatepool", server, stage)
    return server, port


def mixture(count):
    dice = random.Random(count)
    kinds = dice.choices(list(KINDS), [share for share, _, _ in KINDS.values()], k=count)
    return [(kind, dice.randrange(256), number) for number, kind in enumerate(kinds)]


async def run(stage, port, request):
    kind, code, number = request
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /mix?{kind}-{code}-{number} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    if kind == "stubborn":
        while not (stage.directory / f"here-{number}").exists():
            await asyncio.sleep(0.005)
    else:
        await reader.read()
    writer.close()


async def run_all(stage, port, requests):
    waiting = iter(requests)

    async def client():
        for request in waiting:
            await run(stage, port, request)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def wrong_statuses(log, requests):
    logged = dict(re.findall(r'"GET /mix\?(\S+) HTTP/1.1" (.*)', log.read_text()))
    wrong = []
    for kind, code, number in requests:
        entry = logged.get(f"{kind}-{code}-{number}", "not at all")
        if not re.fullmatch(KINDS[kind][2].format(n=code), entry):
            wrong.append(f"{kind} {code}: {entry}")
    return wrong


def ends(stage, options, mode, root):
    """All of the mixture in one mode; true when everything is right."""
    server, port = start(stage, options, mode, root)
    requests = mixture(options.scripts)
    for marker in stage.directory.glob("here-*"):
        marker.unlink()
    asyncio.run(run_all(stage, port, requests[:CLIENTS]))
    wait_for(lambda: len(proc.family(server.pid)) == 1, "no child left")
    before = descriptors(server.pid)
    begun = time.monotonic()
    asyncio.run(run_all(stage, port, requests[CLIENTS:]))
    seconds = time.monotonic() - begun
    wait_for(lambda: len(proc.family(server.pid)) == 1, "no child left")
    wait_for(lambda: descriptors(server.pid) <= before, "as many descriptors as before")
    log = stage.directory / f"access-{mode}.log"
    wait_for(lambda: log.read_text().count("GET /mix?") == len(requests), "all entries of the access log")
    wrong = wrong_statuses(log, requests)
    stage.stop(server)
    counters = re.search(r"children: .*", stage.log(server.label)).group()
    print(f"{mode:8} {len(requests)} scripts in {seconds:.1f} s: {len(wrong)} wrong statuses, no zombie, no stray, "
          f"{before} descriptors as before\n         {counters}")
    for entry in wrong[:10]:
        print("         " + entry)
    forked = sum(kind == "forked" for kind, _, _ in requests)
    stubborn = sum(kind == "stubborn" for kind, _, _ in requests)
    expected = f"children: {len(requests)} spawned, {len(requests)} reaped, {forked} strays, {forked + stubborn} killed"
    return not wrong and counters == expected


def costs(stage, options, root):
    """Microseconds of the daemon's own CPU for each script, both modes in turn."""
    running = {mode: start(stage, options, mode, root) for mode in MODES}
    figures = {mode: [] for mode in MODES}
    for number in range(options.rounds + 1):
        for mode, (server, port) in running.items():
            before = proc.process(server.pid).own
            result = load.wrk(port, "/hello", 8, 5, mode)
            spent = proc.process(server.pid).own - before
            if number > 0:  # the first one warms up
                figures[mode].append((spent / result.requests * 1e6, result.rate))
    for mode, values in figures.items():
        print(f"{mode:8} {statistics.median(cost for cost, _ in values):6.0f} µs of gatepool's CPU a script, "
              f"{statistics.median(rate for _, rate in values):6.0f} scripts/s")
    for server, _ in running.values():
        stage.stop(server)


def main():
    options = arguments()
    with Stage() as stage:
        servers.build_applications(stage.directory)
        root = stage.directory / "cgi"
        script = root / "mix"
        cases = "\n".join(f"{kind}) {text} ;;" for kind, (_, text, _) in KINDS.items())
        script.write_text(f"#!/bin/sh\nD={stage.directory}\nIFS=-; set -- $QUERY_STRING; N=$2 I=$3; unset IFS\n"
                          f"case $1 in\n{cases}\nesac\n")
        script.chmod(0o755)
        good = [ends(stage, options, mode, root) for mode in MODES]
        if options.rounds:
            costs(stage, options, root)
        print(f"target, every status right and nothing left: {'met' if all(good) else 'MISSED'}")
        return 0 if all(good) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        sys.exit(f"reaping.py: {trouble}")
