"""What /proc tells of processes: CPU time, memory, families."""

import os
import re
from dataclasses import dataclass

TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    state: str
    own: float
    """CPU seconds of the process itself, user and system."""
    reaped: float
    """CPU seconds of its children that have ended and been waited for."""
    started: int

    @property
    def identity(self):
        """A pid alone may be given to another process later."""
        return self.pid, self.started


def process(pid):
    """The process, or None when there is none of that number."""
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
            text = file.read()
    except (FileNotFoundError, ProcessLookupError):
        return None
    field = text[text.rindex(")") + 2 :].split()  # field[0] is the third one of proc(5): the state
    user, system, reaped_user, reaped_system = (int(field[i]) * TICK for i in range(11, 15))
    return Process(pid, int(field[1]), field[0], user + system, reaped_user + reaped_system, int(field[19]))


def compiling(pid):
    """CPU seconds that the compilers of a JVM have taken so far: those of their threads that are there now."""
    seconds = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/stat", encoding="latin-1") as file:
                text = file.read()
        except (FileNotFoundError, ProcessLookupError):
            continue
        name, field = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
        if re.match("C[12] Compiler", name):
            seconds += (int(field[11]) + int(field[12])) * TICK
    return seconds


def processes():
    found = (process(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return [one for one in found if one]


def family(root):
    """The process and all its descendants, the root first."""
    everybody = processes()
    members = [one for one in everybody if one.pid == root]
    for member in members:  # grows while it is walked
        members += [one for one in everybody if one.parent == member.pid]
    return members


def is_alive(one):
    now = process(one.pid)
    return now is not None and now.started == one.started and now.state != "Z"


def memory_figures(pid):
    """What smaps_rollup has, in bytes: Rss, Pss, Private_Dirty and so on. Nothing for a process that has gone."""
    found = {}
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            for line in file:
                name, _, rest = line.partition(":")
                if rest.endswith("kB\n"):
                    found[name] = int(rest.split()[0]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


def memory(pid):
    """(RSS, PSS) in bytes; PSS is the fair share of what is shared with others. Zeros for a process that has gone."""
    found = memory_figures(pid)
    return found.get("Rss", 0), found.get("Pss", 0)


def machine():
    """(busy, steal) CPU seconds of the whole machine since it was started. Steal is what the host took for others."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, irq, softirq, steal = (int(n) * TICK for n in file.readline().split()[1:9])
    return user + nice + system + irq + softirq, steal


def opened_connections():
    """How many TCP connections programs of this machine have opened so far."""
    with open("/proc/net/snmp", encoding="ascii") as file:
        names, values = (line.split() for line in file if line.startswith("Tcp:"))
    return int(values[names.index("ActiveOpens")])
