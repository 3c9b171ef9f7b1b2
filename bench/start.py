#!/usr/bin/python3
"""How long gatepool takes to its first answer, and how much memory it needs. See bench/README.md.

    python3 bench/start.py [--runs 10] [--json FILE]
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from measure import fastcgi, figures, load, proc, servers
from measure.jdks import installed, release
from measure.stage import Stage, Trouble, free_port

BODY = b"hello\n"
MAX_SECONDS = 0.8
MAX_RSS = 120 * 2**20
MIB = 2**20


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10, help="for each kind of start (default: 10)")
    parser.add_argument("--seconds", type=int, default=10, help="of load before memory is looked at again (default: 10)")
    parser.add_argument("--java", action="append", metavar="HOME", help="a JDK; default: 17 and 25 in /usr/lib/jvm")
    parser.add_argument("--make-archive", action="store_true", help="make the class archives that the distribution lacks")
    parser.add_argument("--json", metavar="FILE", help="writes every single run there")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    return parser.parse_args()


class Daemon:
    """One start of a distribution with one FastCGI app of one worker, and an HTTP front and a FastCGI front."""

    def __init__(self, stage, distribution, home):
        self.stage = stage
        self.port = free_port()
        self.socket = Path(tempfile.mktemp(prefix="s", dir=stage.directory))
        command = [distribution / "bin/gatepool", "fastcgi", "--access-logfile", "off", "-w", "1"]
        command += ["-b", f"http:127.0.0.1:{self.port}", "-b", f"fastcgi:unix:{self.socket}"]
        command += ["-R"] if servers.IS_ROOT else []
        environment = {"JAVA_HOME": str(home), "PATH": servers.PATH}
        self.began = time.monotonic()
        self.process = stage.start("start", [*command, "--", stage.directory / "bin/hello"], environment)

    def seconds_to_answer(self, ask):
        """Asks until it is answered; the question is put again every millisecond as long as nobody listens."""
        while True:
            try:
                answer = ask()
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() - self.began > 30:
                    raise Trouble(f"gatepool does not start:\n{self.stage.log('start')}") from None
                time.sleep(0.001)
        seconds = time.monotonic() - self.began
        if BODY not in answer:
            raise load.WrongAnswer(f"the first answer: {answer!r}")
        return seconds

    def over_http(self):
        return load.fetch(self.port, "/").body

    def over_fastcgi(self):
        return fastcgi.ask(self.socket, fastcgi.request("/"))

    def memory(self):
        return proc.memory(self.process.pid)

    def stop(self):
        self.stage.stop(self.process)


def kinds_of_start(options, stage):
    """(name, distribution, JDK): each JDK with the archive of loaded classes, if there is one, and without."""
    bare = stage.directory / "bare"
    shutil.copytree(options.gatepool, bare, ignore=shutil.ignore_patterns("*.jsa"))
    for home in [Path(java).resolve() for java in options.java] if options.java else installed().values():
        version = release(home)
        name = f"JDK {version}"
        yield name, bare, home
        archive = options.gatepool / "lib" / f"gatepool-{version}.jsa"
        if archive.exists():
            yield f"{name}, archive", options.gatepool.resolve(), home
        elif options.make_archive:
            yield f"{name}, archive made here", with_archive(stage, bare, home), home


def with_archive(stage, bare, home):
    """A copy of the distribution with an archive, made as `make dist` would make it: by a start and a stop."""
    copy = stage.directory / f"archive-{release(home)}"
    shutil.copytree(bare, copy)
    environment = {"JAVA_HOME": str(home), "PATH": servers.PATH, "GATEPOOL_MAKE_ARCHIVE": "1"}
    port = free_port()
    command = [copy / "bin/gatepool", "fastcgi", "--access-logfile", "off", "-w", "1", "-b", f"http:127.0.0.1:{port}"]
    command += ["-R"] if servers.IS_ROOT else []
    training = stage.start("training", [*command, "--", stage.directory / "bin/hello"], environment)
    until = time.monotonic() + 30
    while True:
        try:
            load.fetch(port, "/")
            break
        except OSError:
            if training.poll() is not None or time.monotonic() > until:
                raise Trouble(f"no archive:\n{stage.log('training')}") from None
            time.sleep(0.05)
    stage.stop(training)
    return copy


def starts(options, stage, kinds):
    """Interleaved: each kind and front once, then again."""
    seconds = {}
    for number in range(options.runs + 1):
        for name, distribution, home in kinds:
            for front in ("http", "fastcgi"):
                daemon = Daemon(stage, distribution, home)
                taken = daemon.seconds_to_answer(daemon.over_http if front == "http" else daemon.over_fastcgi)
                daemon.stop()
                if number > 0:  # the first one reads the files from the disk
                    seconds.setdefault((name, front), []).append(taken)
                figures.progress(f"start {number} of {options.runs}, {name}, {front}: {taken:.3f} s")
    return seconds


def memory(options, stage, kinds):
    """(RSS, PSS) of the daemon without its worker: after the first answer, and after a load; idle for 3 s both times."""
    figures_of = {}
    for name, distribution, home in kinds:
        figures.progress(f"memory, {name}")
        daemon = Daemon(stage, distribution, home)
        daemon.seconds_to_answer(daemon.over_http)
        time.sleep(3)
        after_start = daemon.memory()
        load.wrk(daemon.port, "/", 64, options.seconds, name)
        time.sleep(3)
        figures_of[name] = after_start, daemon.memory()
        daemon.stop()
    return figures_of


def show(options, seconds, sizes):
    print(f"\nFrom exec to the first answer, seconds ({options.runs} starts each)")
    print(f"{'':32} {'front':>8}   {'min':>6} {'median':>6} {'max':>6}")
    for (name, front), taken in seconds.items():
        print(f"{name:32} {front:>8}   {min(taken):6.3f} {median(taken):6.3f} {max(taken):6.3f}")
    print(f"\nMemory of the idle daemon, MiB; its load was wrk -c64 for {options.seconds} s")
    print(f"{'':32}   {'after start':^13}   {'after a load':^13}\n{'':32}   {'RSS':>6} {'PSS':>6}   {'RSS':>6} {'PSS':>6}")
    for name, (start, loaded) in sizes.items():
        print(f"{name:32}   {start[0] / MIB:6.1f} {start[1] / MIB:6.1f}   {loaded[0] / MIB:6.1f} {loaded[1] / MIB:6.1f}")
    print()
    for (name, front), taken in seconds.items():
        if name.startswith("JDK 17"):
            verdict = "met" if median(taken) < MAX_SECONDS else "MISSED"
            print(f"target, {name}, {front}: first answer under {MAX_SECONDS} s: {median(taken):.3f}, {verdict}")
    for name, (start, _) in sizes.items():
        verdict = "met" if start[0] < MAX_RSS else "MISSED"
        print(f"target, {name}: RSS of the idle daemon under {MAX_RSS // MIB} MiB: {start[0] / MIB:.1f}, {verdict}")


def main():
    options = arguments()
    with Stage() as stage:
        machine = list(figures.machine(options.gatepool))
        print("\n".join(machine), flush=True)
        servers.build_applications(stage.directory)
        kinds = list(kinds_of_start(options, stage))
        seconds = starts(options, stage, kinds)
        sizes = memory(options, stage, kinds)
        show(options, seconds, sizes)
        if options.json:
            content = {
                "machine": machine,
                "seconds": [{"kind": name, "front": front, "runs": runs} for (name, front), runs in seconds.items()],
                "memory": {
                    name: dict(zip(("start_rss", "start_pss", "load_rss", "load_pss"), (*start, *loaded)))
                    for name, (start, loaded) in sizes.items()
                },
            }
            Path(options.json).write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\nSTOPPED: {type(trouble).__name__}: {trouble}")
