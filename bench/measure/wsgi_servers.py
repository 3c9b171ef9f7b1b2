"""The servers of Python applications: each is started as its documentation recommends, without an access log.

All of them run Debian's Python, and bench/apps/wsgi/hello.py.
"""

import os
import shutil

from measure import servers
from measure.servers import Site, program
from measure.stage import free_port

PYTHON = "/usr/bin/python3"
WORKERS = 4

UWSGI = ["--master", "--processes", str(WORKERS), "--disable-logging", "--die-on-term", "--need-app"]

# The parameters of uwsgi_params, no others: so both are told the same (docs/wsgi.md).
FASTCGI_LOCATION = servers.UWSGI_LOCATION.replace("uwsgi_param", "fastcgi_param").replace(
    "uwsgi_pass application;", "fastcgi_pass application;\n            fastcgi_keep_conn on;"
)

# What "Deploying Gunicorn" of gunicorn's documentation has for nginx.
PROXY_LOCATION = """\
            proxy_pass http://application;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header Host $http_host;
            proxy_redirect off;
"""


def lay_out_applications(directory):
    """The applications as the servers find them: wsgi/hello.py."""
    shutil.copytree(servers.APPS / "wsgi", directory / "wsgi", ignore=shutil.ignore_patterns("__pycache__"))


def in_applications(stage):
    """For servers that look for modules in PYTHONPATH only."""
    return os.environ | {"PYTHONPATH": str(stage.directory / "wsgi")}


def gatepool(stage, name, distribution, app, listen, more=""):
    return servers.gatepool(
        stage,
        name,
        distribution,
        f'kind = "wsgi"\nmodule = "hello:{app}"\npython = "{PYTHON}"\nchdir = "{stage.directory}/wsgi"\n'
        f'listen = "{listen}"\nworkers.mode = "static"\nworkers.max = {WORKERS}\n{more}',
    )


# ---- behind nginx ----


def nginx_gatepool(stage, distribution, name, app, path, body, more=""):
    socket = stage.directory / f"{name}.sock"
    bridge = gatepool(stage, name, distribution, app, f"unix:{socket}", more)
    root = stage.directory / "wsgi"
    return servers.behind_nginx(stage, name, bridge, socket, root, True, path, body, location=FASTCGI_LOCATION)


def nginx_uwsgi(stage, name, app, path, body):
    socket = stage.directory / f"{name}.sock"
    command = [program("uwsgi"), "--plugins", "python3", "--socket", socket, *UWSGI]
    bridge = stage.start(f"{name}-uwsgi", [*command, "--chdir", stage.directory / "wsgi", "--module", f"hello:{app}"])
    root = stage.directory / "wsgi"
    return servers.behind_nginx(stage, name, bridge, socket, root, False, path, body, location=servers.UWSGI_LOCATION)


def nginx_gunicorn(stage, name, app, path, body):
    socket = stage.directory / f"{name}.sock"
    bridge = gunicorn(stage, name, f"unix:{socket}", app)
    root = stage.directory / "wsgi"
    return servers.behind_nginx(stage, name, bridge, socket, root, False, path, body, location=PROXY_LOCATION)


def gunicorn(stage, name, address, app, *options):
    command = [program("gunicorn"), "--workers", str(WORKERS), "--bind", address, *options]
    return stage.start(f"{name}-gunicorn", [*command, "--chdir", stage.directory / "wsgi", f"hello:{app}"])


# ---- directly, over HTTP ----


def http_gatepool(stage, distribution, name, path, body):
    port = free_port()
    return answering(stage, name, gatepool(stage, name, distribution, "app", f"http:127.0.0.1:{port}"), port, path, body)


def http_gunicorn(stage, name, path, body, *options):
    port = free_port()
    return answering(stage, name, gunicorn(stage, name, f"127.0.0.1:{port}", "app", *options), port, path, body)


def http_uwsgi(stage, name, path, body):
    """Its process that speaks HTTP is a child of the master, and so counted among the workers."""
    port = free_port()
    command = [program("uwsgi"), "--plugins", "http,python3", "--http", f"127.0.0.1:{port}", "--http-keepalive", *UWSGI]
    server = stage.start(f"{name}-uwsgi", [*command, "--chdir", stage.directory / "wsgi", "--module", "hello:app"])
    return answering(stage, name, server, port, path, body)


def waitress(stage, name, path, body):
    port = free_port()
    command = [program("waitress-serve"), f"--listen=127.0.0.1:{port}", "hello:app"]
    return alone(stage, name, command, port, path, body)


def cheroot(stage, name, path, body):
    port = free_port()
    command = [PYTHON, "-m", "cheroot", "--bind", f"127.0.0.1:{port}", "hello:app"]
    return alone(stage, name, command, port, path, body)


def tornado(stage, name, processes, path, body):
    port = free_port()
    command = [PYTHON, stage.directory / "wsgi/tornado_server.py", str(port), str(processes)]
    if processes == 1:
        return alone(stage, name, command, port, path, body)
    return answering(stage, name, stage.start(name, command, in_applications(stage)), port, path, body)


def twisted(stage, name, path, body):
    """It always writes an access log, and rotates it: never to /dev/null, which root would rename."""
    port = free_port()
    listen = f"tcp:{port}:interface=127.0.0.1"
    command = [program("twist3", "twist"), "--log-level=warn", "web", "--listen", listen, f"--logfile={stage.directory}/twisted.log"]
    return alone(stage, name, [*command, "--wsgi", "hello.app"], port, path, body)


def alone(stage, name, command, port, path, body):
    """A server of one process, which is its only worker."""
    server = stage.start(name, command, in_applications(stage))
    return answering(stage, name, server, port, path, body, depth=None)


def answering(stage, name, server, port, path, body, depth=0):
    servers.await_answer(stage, name, server, port, path, body)
    return Site(name, None, server, port, stage.directory / f"{name}.errors", depth)
