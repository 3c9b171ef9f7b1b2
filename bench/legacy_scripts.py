#!/usr/bin/python3
"""Old scripts as they are, through nginx and gatepool: git over HTTP, gitweb, an upload with CGI.pm, a slow event stream,
clients that leave. Prints what happened; docs/cgi.md quotes it. Stops with exit code 1 at the first thing that is wrong.

    python3 bench/legacy_scripts.py [--history 100] [--upload 50]
"""

import argparse
import hashlib
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

from measure import proc, servers
from measure.stage import Stage, Trouble, free_port, wait_for

MIB = 1 << 20
GIT_BACKEND = Path("/usr/lib/git-core/git-http-backend")
GITWEB = Path("/usr/share/gitweb/gitweb.cgi")

NGINX = """\
daemon off;
worker_processes 1;
{user}
pid {directory}/nginx.pid;
error_log {directory}/nginx.errors warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_max_body_size 0;
    client_body_temp_path {directory}/nginx-body;
    fastcgi_temp_path {directory}/nginx-fastcgi;
    proxy_temp_path {directory}/nginx-proxy;
    scgi_temp_path {directory}/nginx-scgi;
    uwsgi_temp_path {directory}/nginx-uwsgi;
    upstream gatepool {{ server unix:{socket}; keepalive 16; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            include /etc/nginx/fastcgi_params;
            fastcgi_param HTTP_PROXY "";
            fastcgi_pass gatepool;
            fastcgi_keep_conn on;
            fastcgi_buffering off;
            fastcgi_request_buffering off;
        }}
    }}
}}
"""

APPS = """\
[app.git]
kind = "cgi"
listen = "unix:{socket}"
mount = "/git"
script = "{git_backend}"
env = {{ GIT_PROJECT_ROOT = "{directory}/repositories", GIT_HTTP_EXPORT_ALL = "1" }}
output_timeout = "5m"

[app.gitweb]
kind = "cgi"
listen = "unix:{socket}"
mount = "/gitweb"
script = "{gitweb}"
env = {{ GITWEB_CONFIG = "{directory}/gitweb.conf" }}

[app.cgi]
kind = "cgi"
listen = "unix:{socket}"
mount = "/cgi-bin"
root = "{directory}/cgi-bin"
max_running = 64
stop_timeout = "2s"
"""

UPLOAD = """\
#!/usr/bin/perl
use strict; use warnings;
use CGI; use Digest::MD5;
my $form = CGI->new;
my $file = $form->upload('file');
binmode $file;
print $form->header('text/plain');
print $form->param('comment'), ' ', -s $file, ' ', Digest::MD5->new->addfile($file)->hexdigest, "\\n";
"""

EVENTS = """\
#!/bin/sh
printf 'Content-Type: text/event-stream\\n\\n'
for number in 1 2 3 4 5; do
    printf 'data: %s\\n\\n' $number
    sleep 0.3
done
"""

SLEEP = """\
#!/bin/sh
printf 'Content-Type: text/plain\\n\\nasleep\\n'
exec sleep 1000
"""


def say(text):
    print(text, flush=True)


def expect(condition, what):
    if not condition:
        raise Trouble(what)


def script(directory, name, text):
    path = directory / name
    path.write_text(text)
    path.chmod(0o755)


def git(*words, cwd=None):
    done = subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "gc.auto=0", *map(str, words)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": "/dev/null"},
        check=False,
    )
    expect(done.returncode == 0, f"git {' '.join(map(str, words))}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout.strip()


def commit(directory, name, mebibytes):
    """Bytes that no compression makes fewer."""
    (directory / name).write_bytes(os.urandom(mebibytes * MIB))
    git("add", name, cwd=directory)
    git("commit", "-q", "-m", name, cwd=directory)


def timed(action):
    begin = time.monotonic()
    result = action()
    return result, time.monotonic() - begin


def git_over_http(stage, port, history):
    repositories = stage.directory / "repositories"
    git("init", "-q", "--bare", repositories / "project.git")
    git("config", "http.receivepack", "true", cwd=repositories / "project.git")
    origin = stage.directory / "origin"
    git("init", "-q", origin)
    for number in range(10):
        commit(origin, f"file-{number}", history // 10)
    git("push", "-q", repositories / "project.git", "HEAD:refs/heads/master", cwd=origin)
    git("symbolic-ref", "HEAD", "refs/heads/master", cwd=repositories / "project.git")
    url = f"http://127.0.0.1:{port}/git/project.git"
    clone = stage.directory / "clone"
    _, seconds = timed(lambda: git("clone", "-q", url, clone))
    expect(git("rev-parse", "HEAD", cwd=clone) == git("rev-parse", "HEAD", cwd=origin), "the clone has another HEAD")
    git("fsck", "--full", cwd=clone)
    say(f"git clone of {history} MiB of history: {seconds:.1f} s, fsck finds nothing")
    commit(clone, "pushed", history)
    _, seconds = timed(lambda: git("push", "-q", url, "HEAD:refs/heads/master", cwd=clone))
    expect(
        git("rev-parse", "master", cwd=repositories / "project.git") == git("rev-parse", "HEAD", cwd=clone),
        "the push has not arrived",
    )
    git("fsck", "--full", cwd=repositories / "project.git")
    say(f"git push of {history} MiB: {seconds:.1f} s, fsck finds nothing")


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    expect(answer.status == 200, f"{path}: status {answer.status}\n{body[:500]!r}")
    return body.decode("utf-8", "replace")


def browse(port):
    pages = {
        "/gitweb/": "project.git",
        "/gitweb/?p=project.git;a=summary": "shortlog",
        "/gitweb/?p=project.git;a=log": "pushed",
        "/gitweb/?p=project.git;a=tree": "file-9",
        "/gitweb/?p=project.git;a=commitdiff": "pushed",
    }
    for path, text in pages.items():
        expect(text in get(port, path), f"{path} does not say {text!r}")
    say(f"gitweb: {len(pages)} pages, from the list of projects to a difference")


def upload(port, mebibytes):
    content = os.urandom(mebibytes * MIB)
    head = (
        '--boundary\r\nContent-Disposition: form-data; name="comment"\r\n\r\nhello\r\n'
        '--boundary\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + content + b"\r\n--boundary--\r\n"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begin = time.monotonic()
    connection.request("POST", "/cgi-bin/upload.pl", body, {"Content-Type": "multipart/form-data; boundary=boundary"})
    answer = connection.getresponse().read().decode()
    seconds = time.monotonic() - begin
    expect(answer == f"hello {len(content)} {hashlib.md5(content).hexdigest()}\n", f"upload.pl says {answer!r}")
    say(f"CGI.pm: a form with a file of {mebibytes} MiB: {seconds:.1f} s, its checksum is right")


def events(port):
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(b"GET /cgi-bin/events.sh HTTP/1.1\r\nHost: x\r\n\r\n")
        with connection.makefile("rb") as stream:
            begin = time.monotonic()
            times = []
            while len(times) < 5:
                line = stream.readline()
                expect(line, "the event stream ended too early")
                if line.startswith(b"data: "):
                    times.append(time.monotonic() - begin)
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    expect(min(gaps) > 0.15, f"events came together: {times}")
    say("server-sent events, one each 0.3 s, arrived after " + ", ".join(f"{moment:.1f}" for moment in times) + " s")


def leavers(port, bridge, many):
    connections = []
    for _ in range(many):
        connection = socket.create_connection(("127.0.0.1", port), 30)
        connection.sendall(b"GET /cgi-bin/sleep.sh HTTP/1.1\r\nHost: x\r\n\r\n")
        connections.append(connection)
    for connection in connections:
        expect(connection.recv(12) == b"HTTP/1.1 200", "sleep.sh does not answer")
    asleep = len(proc.family(bridge.pid)) - 1
    expect(asleep == many, f"{asleep} scripts asleep, {many} expected")
    begin = time.monotonic()
    for connection in connections:
        connection.close()
    wait_for(lambda: len(proc.family(bridge.pid)) == 1, "all sleepers end", bridge)
    say(f"{many} clients of a script that sleeps for 1000 s leave: no script is left after {time.monotonic() - begin:.2f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--history", type=int, default=100, metavar="MIB", help="of the repository (default: 100)")
    parser.add_argument("--upload", type=int, default=50, metavar="MIB", help="of the file (default: 50)")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    options = parser.parse_args()
    for needed, package in ((GIT_BACKEND, "git"), (Path("/usr/share/perl5/CGI.pm"), "libcgi-pm-perl")):
        expect(needed.exists(), f"not installed: {package}")
    with Stage() as stage:
        directory, port, sock = stage.directory, free_port(), stage.directory / "gatepool.sock"
        (directory / "cgi-bin").mkdir()
        (directory / "repositories").mkdir()
        script(directory / "cgi-bin", "upload.pl", UPLOAD)
        script(directory / "cgi-bin", "events.sh", EVENTS)
        script(directory / "cgi-bin", "sleep.sh", SLEEP)
        (directory / "gitweb.conf").write_text(f'$projectroot = "{directory}/repositories";\n')
        apps = APPS.format(socket=sock, directory=directory, git_backend=GIT_BACKEND, gitweb=GITWEB)
        # The first section's header is written by servers.gatepool().
        bridge = servers.gatepool(stage, "git", options.gatepool, apps.partition("\n")[2])
        user = "user root root;" if servers.IS_ROOT else ""
        configuration = directory / "nginx.conf"
        configuration.write_text(NGINX.format(directory=directory, user=user, socket=sock, port=port))
        web = stage.start("nginx", [servers.program("nginx"), "-p", directory, "-e", directory / "nginx.errors", "-c", configuration])
        servers.await_port(stage, web, port)
        git_over_http(stage, port, options.history)
        if GITWEB.exists():
            browse(port)
        else:
            say("gitweb: not installed, left out")
        upload(port, options.upload)
        events(port)
        leavers(port, bridge, 50)
        stage.stop(bridge)
        counters = re.search(r"children: .*", stage.log(bridge.label))
        say(f"gatepool, at its end: {counters[0] if counters else 'NO COUNTERS'}")


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"\nSTOPPED: {trouble}")
