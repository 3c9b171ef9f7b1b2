#!/usr/bin/env python3
"""The counter page, as FastCGI in pure Python: the process stays, and so does its count."""

import html
import os
import re

from fastcgi import serve

PAGE = """Content-Type: text/html; charset=utf-8\r
\r
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>counter: FastCGI, Python</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em }}
th {{ text-align: left; font-weight: normal; color: #555; padding-right: 2em }}
td {{ font-family: monospace }}
</style>
<h1>{count}</h1>
<table>
<tr><th>Language<td>Python, FastCGI
<tr><th>Script<td>{script}
<tr><th>Process<td>{pid}
<tr><th>Parent process<td>{ppid}
<tr><th>Requests answered by this process<td>{count}
</table>
<p>A persistent process: the same few process ids come back, and each counts on.
"""
PLAIN = "Content-Type: text/plain\r\n\r\npid {pid}\nppid {ppid}\ncount {count}\n"

count = 0


def page(request):
    global count
    count += 1
    plain = re.search(r"(^|&)plain(=|&|$)", request.environ.get("QUERY_STRING", ""))
    script = request.environ.get("SCRIPT_NAME", "").encode("latin-1").decode("utf-8", "replace")
    text = (PLAIN if plain else PAGE).format(
        count=count, pid=os.getpid(), ppid=os.getppid(), script=html.escape(script)
    )
    request.write(text.encode())


serve(page)
