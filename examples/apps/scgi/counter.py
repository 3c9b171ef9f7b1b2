#!/usr/bin/env python3
"""The counter page, as SCGI in pure Python. All of the protocol is here: https://python.ca/scgi/protocol.txt

A request is the length of its variables, a colon, the variables, a comma, and then the body:

    44:CONTENT_LENGTH\\0 5\\0 SCGI\\0 1\\0 REQUEST_METHOD\\0 POST\\0,hello      (without the spaces)

The answer is that of a CGI script, and ends with the connection. Try it without a web server:
python3 counter.py 4000, and send what stands above to port 4000.
"""

import html
import os
import re
import socket
import sys

PAGE = """Content-Type: text/html; charset=utf-8\r
\r
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>counter: SCGI, Python</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em }}
th {{ text-align: left; font-weight: normal; color: #555; padding-right: 2em }}
td {{ font-family: monospace }}
</style>
<h1>{count}</h1>
<table>
<tr><th>Language<td>Python, SCGI
<tr><th>Script<td>{script}
<tr><th>Process<td>{pid}
<tr><th>Parent process<td>{ppid}
<tr><th>Requests answered by this process<td>{count}
</table>
<p>A persistent process: the same few process ids come back, and each counts on.
"""
PLAIN = "Content-Type: text/plain\r\n\r\npid {pid}\nppid {ppid}\ncount {count}\n"

count = 0


def read_variables(stream):
    """The variables of a request, or None when no whole request comes."""
    length = b""
    while (byte := stream.read(1)).isdigit() and len(length) < 7:
        length += byte
    if byte != b":" or not length:
        return None
    head = stream.read(int(length) + 1)
    if len(head) != int(length) + 1 or head[-1:] != b",":
        return None
    words = head[:-1].decode("latin-1").split("\0")
    return dict(zip(words[0::2], words[1::2]))


def page(variables):
    global count
    count += 1
    plain = re.search(r"(^|&)plain(=|&|$)", variables.get("QUERY_STRING", ""))
    script = variables.get("SCRIPT_NAME", "").encode("latin-1").decode("utf-8", "replace")
    return (PLAIN if plain else PAGE).format(
        count=count, pid=os.getpid(), ppid=os.getppid(), script=html.escape(script)
    )


def serve(listener):
    while True:
        connection, _ = listener.accept()
        try:
            with connection, connection.makefile("rwb") as stream:
                variables = read_variables(stream)
                if variables is not None:
                    stream.read(int(variables["CONTENT_LENGTH"]))  # a body is of no use here
                    stream.write(page(variables).encode())
        except OSError:
            pass  # the web server has gone: the next request is another one's


if len(sys.argv) > 1:
    serve(socket.create_server(("127.0.0.1", int(sys.argv[1]))))
else:
    serve(socket.socket(fileno=0))  # gatepool, lighttpd and spawn-fcgi give it as descriptor 0
