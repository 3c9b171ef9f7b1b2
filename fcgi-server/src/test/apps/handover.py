#!/usr/bin/env python3
"""A parent in the place of systemd, or of a FastCGI manager: it binds sockets, and starts a program that gets them.

    handover.py [--zero | --inetd | --input | --silent | --pid=N] SOCKET... -- COMMAND...

SOCKET is NAME=unix:PATH, NAME=tcp:HOST (some free port), or one that will not do: NAME=dgram, NAME=bound, NAME=connected
(a socketpair), NAME=accepted (a connection over TCP), NAME=pipe. They become 3 and so on, told by LISTEN_FDS,
LISTEN_FDNAMES and LISTEN_PID (--pid: another one; --silent: nothing is told; --input: the first is 0, too, as with
StandardInput=socket). With --zero the one socket becomes 0, with --inetd 0, 1 and 2.

USR1 stops the program and starts it again with the same sockets, which stay open meanwhile; USR2 kills it instead; HUP
stops it, and the next HUP starts it again. TERM stops it for good.
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
        made, other = socket.socketpair()
        others.append(other)
        return made, kind
    if kind == "accepted":
        listening = socket.create_server(("127.0.0.1", 0))
        others.append(listening)
        others.append(socket.create_connection(listening.getsockname()))
        return listening.accept()[0], kind
    if kind == "pipe":
        made, other = os.pipe()
        others.append(other)
        return made, kind
    raise SystemExit("handover.py: what is " + kind)


# What must not be closed by its end as an object.
others = []


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
    for number in (1, 2) if inetd else (0,) if both else ():
        os.dup2(copies[0], number, inheritable=True)
    os.closerange(100, 100 + len(copies))
    if not zero and not silent:
        os.environ["LISTEN_FDS"] = str(len(copies))
        os.environ["LISTEN_FDNAMES"] = ":".join(names)
        os.environ["LISTEN_PID"] = meant or str(os.getpid())
    os.execvp(command[0], command)


arguments = sys.argv[1:]
cut = arguments.index("--")
arguments, command = arguments[:cut], arguments[cut + 1:]
inetd, both = "--inetd" in arguments, "--input" in arguments
zero, silent, meant = inetd or "--zero" in arguments, "--silent" in arguments, None
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

signals = {signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGCHLD}
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
    elif caught == signal.SIGHUP:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        print("handover: it has ended", flush=True)
        signal.sigwait({signal.SIGHUP})
        child = start()
    elif caught == signal.SIGTERM:
        os.kill(child, signal.SIGTERM)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    else:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended == child:
            sys.exit(os.waitstatus_to_exitcode(status) & 0xff)
