#!/usr/bin/python3
"""How long workers outlive a gatepool that was killed with -9. See bench/README.md.

    python3 bench/death.py [--runs 10]
"""

import argparse
import os
import random
import signal
import sys
import time
from pathlib import Path

from measure import load, proc, servers
from measure.stage import Stage, Trouble, free_port

MAX_SECONDS = 2.0
WORKERS = 4


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10, help="of each kind (default: 10)")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    return parser.parse_args()


def wait(condition, what):
    until = time.monotonic() + 30
    while not condition():
        if time.monotonic() > until:
            raise Trouble(f"within 30 s there was not: {what}")
        time.sleep(0.0005)


def workers_of(stage):
    """All that gatepool starts is named by the program's path in the stage's own directory."""
    program = str(stage.directory / "bin/hello").encode()
    found = []
    for one in proc.processes():
        try:
            words = Path(f"/proc/{one.pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if program in words and one.state != "Z" and b"-jar" not in words:
            found.append(one)
    return found


def start(stage, distribution, name, user):
    port = free_port()
    configuration = stage.directory / f"{name}.toml"
    configuration.write_text(f"""
[server]
runtime_dir = "run-{name}"
[app.hello]
kind = "fastcgi"
command = ["{stage.directory}/bin/hello"]
listen = "http:127.0.0.1:{port}"
workers.mode = "static"
workers.max = {WORKERS}
{user}
""")
    command = [distribution / "bin/gatepool", "serve", "-R", "-c", configuration]
    return stage.start(name, command), port


def is_listening(port):
    try:
        load.fetch(port, "/")
        return True
    except OSError:
        return False


def lifetimes(stage, options, name, user, moment):
    """Seconds from the signal until no worker is left, for each run; `moment` says when the signal is sent."""
    for _ in range(options.runs):
        daemon, port = start(stage, options.gatepool.resolve(), name, user)
        moment(stage, port)
        os.kill(daemon.pid, signal.SIGKILL)
        killed = time.monotonic()
        wait(lambda: not workers_of(stage), "an end of the workers")
        yield time.monotonic() - killed
        stage.stop(daemon)


def when_ready(stage, port):
    wait(lambda: is_listening(port) and len(workers_of(stage)) == WORKERS, "a ready daemon")


def while_they_are_born(stage, port):
    """The first worker is seen when it is setpriv still, or just itself; the others follow within milliseconds."""
    wait(lambda: workers_of(stage), "a first worker")
    time.sleep(random.random() * 0.01)


def main():
    options = arguments()
    worst = 0.0
    with Stage() as stage:
        servers.build_applications(stage.directory)
        kinds = [("ready", "", when_ready), ("being-born", "", while_they_are_born)]
        if servers.IS_ROOT:
            kinds.append(("another-user", 'user = "nobody"', when_ready))
            kinds.append(("another-user-being-born", 'user = "nobody"', while_they_are_born))
        print(f"{WORKERS} workers, {options.runs} runs each: ms from kill -9 until none is left")
        for name, user, moment in kinds:
            times = sorted(lifetimes(stage, options, name, user, moment))
            worst = max(worst, times[-1])
            print(f"  {name:24} median {times[len(times) // 2] * 1000:5.0f}   longest {times[-1] * 1000:5.0f}")
    print(f"target, at most {MAX_SECONDS:.0f} s: {'met' if worst <= MAX_SECONDS else 'MISSED'}")
    return 0 if worst <= MAX_SECONDS else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        sys.exit(f"death.py: {trouble}")
