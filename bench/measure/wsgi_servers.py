"""The servers of Python applications: each is started as its documentation recommends, without an access log.

All of them run Debian's Python, and bench/apps/wsgi/hello.py.
"""

import os
import shutil

from measure import servers
from measure.servers import answering, program
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


def in_applications(place):
    """For servers that look for modules in PYTHONPATH only."""
    return os.environ | {"PYTHONPATH": str(place.directory / "wsgi")}


def gatepool(place, app, listen, more=""):
    return servers.gatepool(
        place.stage,
        place.name,
        place.distribution,
        f'kind = "wsgi"\nmodule = "hello:{app}"\npython = "{PYTHON}"\nchdir = "{place.directory}/wsgi"\n'
        f'listen = "{listen}"\nworkers.mode = "static"\nworkers.max = {WORKERS}\n{more}',
    )


def module(name):
    servers.need_module(PYTHON, ["-c"], f"import {name}", f"python3-{name}")


# ---- behind nginx ----


def nginx_gatepool(place, app="app", more=""):
    bridge = gatepool(place, app, f"unix:{place.socket}", more)
    return place.behind_nginx(bridge, True, "wsgi", location=FASTCGI_LOCATION)


def nginx_uwsgi(place, app="app"):
    servers.need_file("/usr/lib/uwsgi/plugins/python3_plugin.so", "uwsgi-plugin-python3")
    command = [program("uwsgi"), "--plugins", "python3", "--socket", place.socket, *UWSGI]
    command += ["--chdir", place.directory / "wsgi", "--module", f"hello:{app}"]
    bridge = place.stage.start(f"{place.name}-uwsgi", command)
    return place.behind_nginx(bridge, False, "wsgi", location=servers.UWSGI_LOCATION)


def nginx_gunicorn(place, app="app", *options):
    return place.behind_nginx(gunicorn(place, f"unix:{place.socket}", app, *options), False, "wsgi", location=PROXY_LOCATION)


def gunicorn(place, address, app, *options):
    command = [program("gunicorn"), "--workers", str(WORKERS), "--bind", address, *options]
    return place.stage.start(f"{place.name}-gunicorn", [*command, "--chdir", place.directory / "wsgi", f"hello:{app}"])


# ---- directly, over HTTP ----


def http_gatepool(place):
    port = free_port()
    return answering(place, gatepool(place, "app", f"http:127.0.0.1:{port}"), port)


def http_gunicorn(place, *options):
    if "gevent" in options:
        module("gevent")
    port = free_port()
    return answering(place, gunicorn(place, f"127.0.0.1:{port}", "app", *options), port)


def http_uwsgi(place):
    """Its process that speaks HTTP is a child of the master, and so counted among the workers."""
    servers.need_file("/usr/lib/uwsgi/plugins/python3_plugin.so", "uwsgi-plugin-python3")
    port = free_port()
    command = [program("uwsgi"), "--plugins", "http,python3", "--http", f"127.0.0.1:{port}", "--http-keepalive", *UWSGI]
    command += ["--chdir", place.directory / "wsgi", "--module", "hello:app"]
    return answering(place, place.stage.start(f"{place.name}-uwsgi", command), port)


def waitress(place):
    port = free_port()
    return alone(place, [program("waitress-serve"), f"--listen=127.0.0.1:{port}", "hello:app"], port)


def cheroot(place):
    module("cheroot")
    port = free_port()
    # It ends connections by its own lights, and says so in those answers: they are longer.
    return alone(place, [PYTHON, "-m", "cheroot", "--bind", f"127.0.0.1:{port}", "hello:app"], port, same_size=False)


def tornado(place, processes):
    module("tornado")
    port = free_port()
    command = [PYTHON, place.directory / "wsgi/tornado_server.py", str(port), str(processes)]
    if processes == 1:
        return alone(place, command, port)
    return answering(place, place.stage.start(place.name, command, in_applications(place)), port)


def twisted(place):
    """It always writes an access log, and rotates it: never to /dev/null, which root would rename."""
    port = free_port()
    listen = f"tcp:{port}:interface=127.0.0.1"
    log = place.directory / f"{place.name}-access.log"
    command = [program("twist3", "twist"), "--log-level=warn", "web", "--listen", listen, f"--logfile={log}"]
    return alone(place, [*command, "--wsgi", "hello.app"], port)


def alone(place, command, port, same_size=True):
    """A server of one process, which is its only worker."""
    return answering(place, place.stage.start(place.name, command, in_applications(place)), port, None, same_size)
