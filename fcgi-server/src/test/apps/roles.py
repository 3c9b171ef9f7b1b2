#!/usr/bin/env python3
"""A FastCGI application for the integration tests that serves all three roles (sections 6.2 to 6.4).

Every answer is a page of what has come, sent when all streams of the role have ended:
the role, the lengths of STDIN and FCGI_DATA, and for a filter the data itself in capitals.
An authorizer says yes to ?key=open with a variable for the web server, else no.
"""

import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "..", "examples", "apps", "fastcgi"))
from fastcgi import (BEGIN_REQUEST, DATA, PARAMS, STDIN, STDOUT, Connection, Gone,
                     listening_socket, pairs)

AUTHORIZER, FILTER = 2, 3


def streams(connection, role):
    """The streams of one request, each to its end."""
    last = {AUTHORIZER: PARAMS, FILTER: DATA}.get(role, STDIN)
    content = {PARAMS: b"", STDIN: b"", DATA: b""}
    while True:
        kind, request_id, piece = connection.receive(1)
        if kind not in content:
            raise Gone
        content[kind] += piece
        if kind == last and not piece:
            return content


def answer(connection):
    kind, request_id, content = connection.receive()
    if kind != BEGIN_REQUEST:
        return
    role, flags = struct.unpack_from(">HB", content)
    content = streams(connection, role)
    query = dict(pairs(content[PARAMS])).get(b"QUERY_STRING", b"").decode()
    page = "role %d stdin %d data %d\n" % (role, len(content[STDIN]), len(content[DATA]))
    head = "Content-Type: text/plain\r\n"
    if role == AUTHORIZER:
        head = "Status: 200\r\nVariable-USER: alice\r\n" if query == "key=open" else "Status: 403\r\n"
    page = head + "\r\n" + page
    page = page.encode() + content[DATA].upper()
    for at in range(0, len(page), 65528):
        connection.send(STDOUT, request_id, page[at : at + 65528])
    connection.send(STDOUT, request_id)
    connection.end(request_id, 0)


listener = listening_socket()
while True:
    connection = Connection(listener.accept()[0], lambda sock: True)
    try:
        while True:
            answer(connection)
    except (Gone, OSError):
        connection.sock.close()
