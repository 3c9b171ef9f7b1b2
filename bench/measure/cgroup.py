"""CPU time of a server with all that ever descended from it, also of children that nobody waits for.

fcgiwrap ignores SIGCHLD, so the kernel adds the CPU of its scripts to nobody: only a control group still knows it. One
group for each server, in version 2 of the hierarchy, when this user may make groups (root may).
"""

import os
from pathlib import Path


class Group:
    def __init__(self, path):
        self.path = path

    def enter(self):
        """The calling process, and what descends from it, is of the group from now on."""
        (self.path / "cgroup.procs").write_text("0")

    def seconds(self):
        """CPU seconds so far."""
        for line in (self.path / "cpu.stat").read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == "usage_usec":
                return int(value) / 1e6
        raise ValueError(f"{self.path}/cpu.stat has no usage_usec")

    def remove(self):
        """Once its processes have ended."""
        try:
            self.path.rmdir()
        except OSError:
            pass


def parent():
    """Our own group's directory, or None without a mounted hierarchy of version 2."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    points = [fields[1] for fields in mounts if fields[2] == "cgroup2"]
    names = [line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::")]
    return Path(points[0] + names[0]) if points and names else None


def make(name):
    """A new group, or None where that is not possible."""
    above = parent()
    if above is None:
        return None
    path = above / f"gatepool-bench-{os.getpid()}-{name}"
    try:
        path.mkdir()
    except OSError:
        return None
    if os.access(path / "cgroup.procs", os.W_OK) and (path / "cpu.stat").exists():
        return Group(path)
    Group(path).remove()
    return None
