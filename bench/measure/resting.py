"""Connections that do nothing: they have had one answer each, and are kept since."""

import resource
import selectors
import socket

from measure.stage import Trouble


class Resting:
    """Opened on entering, closed on leaving."""

    def __init__(self, family, address, request, is_whole, number):
        self.family, self.address, self.request, self.is_whole, self.number = family, address, request, is_whole, number
        self.connections = []

    def __enter__(self):
        try:
            while len(self.connections) < self.number:
                self.open_one()
        except BaseException:
            self.__exit__()
            raise
        return self

    def open_one(self):
        connection = socket.socket(self.family)
        self.connections.append(connection)
        connection.settimeout(10)
        connection.connect(self.address)
        connection.sendall(self.request)
        answer = b""
        while not self.is_whole(answer):
            piece = connection.recv(4096)
            if not piece:
                raise Trouble(f"connection {len(self.connections)} was closed after {answer!r}")
            answer += piece

    def __exit__(self, *_):
        for connection in self.connections:
            connection.close()

    def lost(self):
        """How many of them the server has closed, or has sent anything to."""
        with selectors.DefaultSelector() as selector:
            for connection in self.connections:
                selector.register(connection, selectors.EVENT_READ)
            return len(selector.select(0))


def allow_descriptors(number):
    """For this process and those that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < number:
        raise Trouble(f"this user may open {hard} files, {number} are needed (ulimit -Hn)")
    if soft != resource.RLIM_INFINITY and soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))
