"""A temporary directory and the processes started in it; both are gone at the end, however that comes about."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import cgroup, proc

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None)


class Trouble(Exception):
    """The comparison cannot go on; the message says why."""


def end_with_us():
    """In a child before its exec: should this script be killed with -9, the child gets a TERM."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def interrupted(number, frame):
    raise SystemExit(128 + number)


class Stage:
    def __init__(self):
        self.started = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, interrupted)
        # Whoever loses his parent comes home to us, so that nobody is left behind unseen.
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)

    def __enter__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="gatepool-bench-"))
        self.directory.chmod(0o755)
        return self

    def __exit__(self, *exception):
        while self.started:
            self.stop(self.started[-1])
        self.end_strays()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self, name, command, environment=None):
        """Starts a server; what it prints goes to NAME.log. The Popen has its name, and its control group or None."""
        group = cgroup.make(name)

        def before_exec():
            end_with_us()
            if group:
                group.enter()

        with open(self.directory / f"{name}.log", "ab") as log:
            started = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env=environment,
                start_new_session=True,
                preexec_fn=before_exec,
            )
        started.label, started.group = name, group
        self.started.append(started)
        return started

    def stop(self, server, patience=40):
        """TERM, and KILL for those of its family who do not go; by pid, never by name."""
        self.started.remove(server)
        members = proc.family(server.pid)
        if server.poll() is None:
            server.terminate()
            try:
                server.wait(patience)
            except subprocess.TimeoutExpired:
                print(f"{server.label}: killed, it did not end within {patience} s of a TERM", file=sys.stderr)
                print(self.log(server.label), file=sys.stderr)
                server.kill()
                server.wait()
        self.end([member for member in members if member.pid != server.pid])
        if server.group:
            server.group.remove()

    def end(self, members):
        for number, seconds in ((signal.SIGTERM, 2), (signal.SIGKILL, 2)):
            until = time.monotonic() + seconds
            members = [member for member in members if proc.is_alive(member)]
            for member in members:
                with contextlib.suppress(ProcessLookupError):  # it has ended since we looked
                    os.kill(member.pid, number)
            while any(proc.is_alive(member) for member in members) and time.monotonic() < until:
                time.sleep(0.01)

    def end_strays(self):
        """All servers have been stopped: any child that we still have was left behind by one of them."""
        strays = [member for member in proc.family(os.getpid())[1:] if member.state != "Z"]
        self.end(strays)
        while True:
            try:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    break
            except ChildProcessError:
                break

    def log(self, name):
        """The end of what the server printed."""
        path = self.directory / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, server=None, stage=None, seconds=20):
    """Until the condition holds; a server that ended instead, or time that has passed, is trouble."""
    until = time.monotonic() + seconds
    while not condition():
        ended = server is not None and server.poll() is not None
        if ended or time.monotonic() > until:
            why = f"exit code {server.returncode}" if ended else f"not within {seconds} s"
            log = stage.log(server.label) if server is not None and stage is not None else ""
            raise Trouble(f"{what}: {why}\n{log}")
        time.sleep(0.01)
