#!/usr/bin/env python3
"""The hello page, as CGI in Python: a new process for every request, ended with it."""

import html
import os
import sys
from urllib.parse import parse_qs

PAGE = """Content-Type: text/html; charset=utf-8\r
\r
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>hello: CGI, Python</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em }}
th {{ text-align: left; font-weight: normal; color: #555; padding-right: 2em }}
td {{ font-family: monospace }}
</style>
<h1>Hello, {name}</h1>
<table>
<tr><th>Language<td>Python, CGI
<tr><th>Script<td>{script}
<tr><th>Process<td>{pid}
<tr><th>Parent process<td>{ppid}
<tr><th>Requests answered by this process<td>1
</table>
<p>A process for this request alone: the next has another process id, and the count stays 1.
"""
PLAIN = "Content-Type: text/plain\r\n\r\npid {pid}\nppid {ppid}\ncount 1\n"

query = parse_qs(os.environ.get("QUERY_STRING", ""), keep_blank_values=True)
text = (PLAIN if "plain" in query else PAGE).format(
    name=html.escape(query.get("name", ["world"])[0]),
    script=html.escape(os.environb.get(b"SCRIPT_NAME", b"").decode("utf-8", "replace")),
    pid=os.getpid(),
    ppid=os.getppid(),
)
sys.stdout.buffer.write(text.encode())  # bytes: the locale of a CGI process is anybody's guess
