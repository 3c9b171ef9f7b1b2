#!/usr/bin/env python3
"""A parent in the place of systemd, or of a FastCGI manager: it binds sockets, and starts a program that gets them.

    handover.py [--zero | --silent | --pid=N] SOCKET... -- COMMAND...

SOCKET is NAME=unix:PATH, NAME=tcp:HOST (some free port), or one that will not do: NAME=dgram, NAME=bound, NAME=connected,
NAME=pipe. They become 3 and so on, told by LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID (--pid: another one; --silent:
nothing is told); with --zero the one socket becomes 0.

USR1 stops the program and starts it again with the same sockets, which stay open meanwhile; USR2 kills it instead. TERM
stops it for good.
"""

import os
import signal
import socket
import sys


def opened(kind):
    kind, _, where = kind.partition(":")
    if kind == "unix":
        made = socket.socket(socket.AF_UNIX)
        made.bind(where)
        made.listen(128)
        return made, "unix:" + where
    if kind == "tcp":
        family = socket.AF_INET6 if ":" in where else socket.AF_INET
        made = socket.socket(family)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        made.bind((where, 0))
        made.listen(128)
        return made, "port %d" % made.getsockname()[1]
    if kind == "dgram":
        return socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), kind
    if kind == "bound":
        made = socket.socket(socket.AF_INET)
        made.bind(("127.0.0.1", 0))
        return made, kind
    if kind == "connected":
        made, others.other = socket.socketpair()
        return made, kind
    if kind == "pipe":
        made, others.other = os.pipe()
        return made, kind
    raise SystemExit("handover.py: what is " + kind)


class others:
    """What must not be closed by its end as an object."""


def descriptor(made):
    return made if isinstance(made, int) else made.fileno()


def start():
    pid = os.fork()
    if pid:
        return pid
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    # Out of the way first: the numbers wanted may be those of others.
    copies = [os.dup2(fd, 100 + at) for at, fd in enumerate(descriptors)]
    first = 0 if zero else 3
    os.closerange(3, 100)
    for at, copy in enumerate(copies):
        os.dup2(copy, first + at, inheritable=True)
    os.closerange(100, 100 + len(copies))
    if not zero and not silent:
        os.environ["LISTEN_FDS"] = str(len(copies))
        os.environ["LISTEN_FDNAMES"] = ":".join(names)
        os.environ["LISTEN_PID"] = meant or str(os.getpid())
    os.execvp(command[0], command)


arguments = sys.argv[1:]
cut = arguments.index("--")
arguments, command = arguments[:cut], arguments[cut + 1:]
zero, silent, meant = "--zero" in arguments, "--silent" in arguments, None
names, sockets, descriptors = [], [], []
for argument in arguments:
    if argument.startswith("--pid="):
        meant = argument[6:]
    elif not argument.startswith("--"):
        name, _, kind = argument.partition("=")
        made, where = opened(kind)
        names.append(name)
        sockets.append(made)
        descriptors.append(descriptor(made))
        print("handover: %s is %s" % (name, where), flush=True)

signals = {signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGCHLD}
signal.pthread_sigmask(signal.SIG_BLOCK, signals)
print("handover: pid %d" % os.getpid(), flush=True)
child = start()
while True:
    caught = signal.sigwait(signals)
    if caught in (signal.SIGUSR1, signal.SIGUSR2):
        os.kill(child, signal.SIGTERM if caught == signal.SIGUSR1 else signal.SIGKILL)
        os.waitpid(child, 0)
        print("handover: starts it again", flush=True)
        child = start()
    elif caught == signal.SIGTERM:
        os.kill(child, signal.SIGTERM)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    else:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended == child:
            sys.exit(os.waitstatus_to_exitcode(status) & 0xff)
