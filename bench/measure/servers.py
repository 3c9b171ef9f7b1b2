"""The servers that are compared: one nginx for each way to the application, and what stands behind it.

A Site is such a way: the web server, the bridge (what hands requests to processes: gatepool, multiwatch, the master of
php-fpm, fcgiwrap), and the workers. All of them run as whoever runs the script, root included, so that nobody pays for
a change of user that another does not.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from measure import load, proc
from measure.stage import Stage, Trouble, free_port, wait_for

APPS = Path(__file__).resolve().parent.parent / "apps"
IS_ROOT = os.geteuid() == 0
PATH = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"

NGINX = """\
daemon off;
worker_processes 1;
{user}
pid {directory}/{name}.pid;
error_log {directory}/{name}.errors warn;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    client_body_temp_path {directory}/{name}-body;
    fastcgi_temp_path {directory}/{name}-fastcgi;
    proxy_temp_path {directory}/{name}-proxy;
    scgi_temp_path {directory}/{name}-scgi;
    uwsgi_temp_path {directory}/{name}-uwsgi;
    upstream application {{
        server unix:{socket};
        {keepalive}
    }}
    server {{
        listen 127.0.0.1:{port} {listen};
        root {root};
        keepalive_requests 1000000000;      # so that wrk never has to connect again
        location / {{
{location}
        }}
    }}
}}
"""

FASTCGI_LOCATION = """\
            fastcgi_pass application;
            fastcgi_keep_conn {keep};
            {more}
            # what Debian's fastcgi.conf says
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param CONTENT_TYPE $content_type;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param SCRIPT_NAME $fastcgi_script_name;
            fastcgi_param REQUEST_URI $request_uri;
            fastcgi_param DOCUMENT_URI $document_uri;
            fastcgi_param DOCUMENT_ROOT $document_root;
            fastcgi_param SERVER_PROTOCOL $server_protocol;
            fastcgi_param REQUEST_SCHEME $scheme;
            fastcgi_param HTTPS $https if_not_empty;
            fastcgi_param GATEWAY_INTERFACE CGI/1.1;
            fastcgi_param SERVER_SOFTWARE nginx/$nginx_version;
            fastcgi_param REMOTE_ADDR $remote_addr;
            fastcgi_param REMOTE_PORT $remote_port;
            fastcgi_param REMOTE_USER $remote_user;
            fastcgi_param SERVER_ADDR $server_addr;
            fastcgi_param SERVER_PORT $server_port;
            fastcgi_param SERVER_NAME $server_name;
            fastcgi_param REDIRECT_STATUS 200;
"""

UWSGI_LOCATION = """\
            uwsgi_pass application;
            {more}
            # what nginx's uwsgi_params says
            uwsgi_param QUERY_STRING $query_string;
            uwsgi_param REQUEST_METHOD $request_method;
            uwsgi_param CONTENT_TYPE $content_type;
            uwsgi_param CONTENT_LENGTH $content_length;
            uwsgi_param REQUEST_URI $request_uri;
            uwsgi_param PATH_INFO $document_uri;
            uwsgi_param DOCUMENT_ROOT $document_root;
            uwsgi_param SERVER_PROTOCOL $server_protocol;
            uwsgi_param REQUEST_SCHEME $scheme;
            uwsgi_param HTTPS $https if_not_empty;
            uwsgi_param REMOTE_ADDR $remote_addr;
            uwsgi_param REMOTE_PORT $remote_port;
            uwsgi_param SERVER_PORT $server_port;
            uwsgi_param SERVER_NAME $server_name;
"""

LIGHTTPD = """\
server.port = {port}
server.bind = "127.0.0.1"
server.document-root = "{root}"
server.errorlog = "{errors}"
server.modules = ( "mod_cgi" )
server.max-keep-alive-requests = 0
cgi.assign = ( "" => "" )
cgi.execute-x-only = "enable"
"""

PHP_FPM = """\
[global]
daemonize = no
pid = {directory}/php-fpm.pid
error_log = {directory}/php-fpm.errors
[www]
{user}
listen = {socket}
listen.backlog = 511
pm = static
pm.max_children = 4
pm.max_requests = 0
"""


class NotInstalled(Trouble):
    """One way cannot be measured; the others can."""


class Site:
    def __init__(self, name, nginx, bridge, port, errors, bridge_depth=0, same_size=True):
        self.name = name
        # Apache sends chunks or a length, as the output comes: its answers differ by some bytes.
        self.same_size = same_size
        self.errors = errors
        self.nginx = nginx
        self.bridge = bridge
        self.port = port
        self.bridge_depth = bridge_depth

    def families(self):
        """Processes by part. With a bridge_depth of 1 the children of the bridge's first process belong to it too; with
        None there is no bridge: that process is a worker as well."""
        everybody = proc.family(self.bridge.pid)
        bridge = set() if self.bridge_depth is None else {self.bridge.pid}
        if self.bridge_depth:
            bridge |= {one.pid for one in everybody if one.parent == self.bridge.pid}
        return {
            "web": proc.family(self.nginx.pid) if self.nginx else [],
            "bridge": [one for one in everybody if one.pid in bridge],
            "workers": [one for one in everybody if one.pid not in bridge],
        }

    def cpu(self):
        """CPU seconds by part so far; all that descends from the bridge and is no bridge is a worker, or a script."""
        parts = self.families()
        bridge = sum(one.own for one in parts["bridge"])
        if self.bridge.group:
            workers = self.bridge.group.seconds() - bridge
        else:
            workers = sum(one.own + one.reaped for one in parts["workers"]) + sum(one.reaped for one in parts["bridge"])
        return {"web": sum(one.own + one.reaped for one in parts["web"]), "bridge": bridge, "workers": workers}

    def memory(self):
        """PSS in bytes by part."""
        return {part: sum(proc.memory(one.pid)[1] for one in members) for part, members in self.families().items()}


def program(*names):
    for name in names:
        found = shutil.which(name, path=PATH)
        if found:
            return found
    raise NotInstalled(f"{names[0]} is not installed")


def need_file(path, package):
    if not Path(path).exists():
        raise NotInstalled(f"{package} is not installed ({path} is not there)")


def need_module(interpreter, option, module, package):
    """A module of Perl ("-M") or Python ("-c", "import ")."""
    if subprocess.run([program(interpreter), *option, module], capture_output=True, check=False).returncode:
        raise NotInstalled(f"{package} is not installed")


def php_fpm():
    return program("php-fpm", *(path.name for path in sorted(Path("/usr/sbin").glob("php-fpm*"))))


def compile_c(source, target, *libraries):
    if "-lfcgi" in libraries:
        need_file("/usr/include/fcgiapp.h", "libfcgi-dev")
    subprocess.run([program("cc", "gcc"), "-O2", "-o", target, source, *libraries], check=True)


def build_applications(directory):
    """The applications as the servers find them: bin/hello, bin/transfer, www/hello.php, cgi/hello, cgi/hello.sh and so on."""
    for name in ("bin", "www", "cgi"):
        (directory / name).mkdir()
    compile_c(APPS / "hello.c", directory / "bin/hello", "-lfcgi")
    compile_c(APPS / "transfer.c", directory / "bin/transfer", "-lfcgi")
    compile_c(APPS / "relay.c", directory / "bin/relay")
    compile_c(APPS / "hello-cgi.c", directory / "cgi/hello")
    shutil.copy(APPS / "hello-fcgi.pl", directory / "bin/hello-fcgi.pl")
    for script in ("hello.sh", "hello.pl", "hello.py"):
        shutil.copy(APPS / script, directory / "cgi" / script)
    shutil.copy(APPS / "hello.php", directory / "www/hello.php")


def nginx(stage, name, socket, root, kept, more="", listen="", location=FASTCGI_LOCATION):
    port = free_port()
    configuration = stage.directory / f"{name}-nginx.conf"
    configuration.write_text(
        NGINX.format(
            directory=stage.directory,
            name=name,
            user="user root root;" if IS_ROOT else "",
            socket=socket,
            keepalive="keepalive 64;" if kept else "",
            port=port,
            listen=listen,
            root=root,
            location=location.format(keep="on" if kept else "off", more=more),
        )
    )
    server = stage.start(
        f"{name}-nginx", [program("nginx"), "-p", stage.directory, "-e", stage.directory / f"{name}.errors", "-c", configuration]
    )
    return server, port


def gatepool(stage, name, distribution, app, environment=None, server=""):
    """gatepool as it ships, with one app; its access log is off, as it is by default, unless server, lines of [server], says otherwise."""
    configuration = stage.directory / f"{name}.toml"
    configuration.write_text(f'[server]\nruntime_dir = "{stage.directory}/{name}-run"\n{server}[app.{name}]\n{app}')
    launcher = distribution / "bin/gatepool"
    if not launcher.exists():
        raise Trouble(f"{launcher} is not there: `make dist` (or mvn package) makes it")
    command = [launcher.resolve(), "serve", "-c", configuration, *(["-R"] if IS_ROOT else [])]
    server = stage.start(f"{name}-gatepool", command, environment)
    wait_for(lambda: re.search(r"ready in ", stage.log(server.label)), f"{name}: gatepool gets ready", server, stage)
    return server


def behind_nginx(stage, name, bridge, socket, root, kept, path, body, bridge_depth=0, location=FASTCGI_LOCATION, more="", listen=""):
    wait_for(socket.is_socket, f"{name}: {socket} appears", bridge, stage)
    web, port = nginx(stage, name, socket, root, kept, more, listen, location)
    await_answer(stage, name, web, port, path, body)
    return Site(name, web, bridge, port, stage.directory / f"{name}.errors", bridge_depth)


def await_port(stage, server, port):
    def listens():
        try:
            load.socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    wait_for(listens, f"port {port} is open", server, stage)


def await_answer(stage, name, server, port, path, body):
    def answers():
        try:
            return load.fetch(port, path).status == 200
        except OSError:
            return False

    wait_for(answers, f"{name}: {path} is answered", server, stage)
    load.check(port, path, body, name)


# ---- ways to an application: each is told where, and gives a Site ----


@dataclass(frozen=True)
class Place:
    """Where a way is opened, and under which name; path and body are the request that tells that it is."""

    stage: Stage
    distribution: Path
    name: str
    path: str = "/hello"
    body: bytes = b"hello\n"
    nginx: str = ""
    """More lines for nginx's location."""
    listen: str = ""
    """More words for nginx's listen."""

    @property
    def directory(self):
        return self.stage.directory

    @property
    def socket(self):
        return self.stage.directory / f"{self.name}.sock"

    def behind_nginx(self, bridge, kept, root="www", depth=0, location=FASTCGI_LOCATION, more=""):
        root, more = self.directory / root, more + self.nginx
        given = (self.stage, self.name, bridge, self.socket, root, kept, self.path, self.body, depth, location, more)
        return behind_nginx(*given, listen=self.listen)


def answering(place, server, port, depth=0, same_size=True):
    """One that is its own web server."""
    await_answer(place.stage, place.name, server, port, place.path, place.body)
    return Site(place.name, None, server, port, place.directory / f"{place.name}.errors", depth, same_size)


def gatepool_fastcgi(place, command, kept=True, workers=4, more=""):
    words = ", ".join(f'"{word}"' for word in command)
    app = (
        f'kind = "fastcgi"\ncommand = [{words}]\nlisten = "unix:{place.socket}"\n'
        f'workers.mode = "static"\nworkers.max = {workers}\n{more}'
    )
    return place.behind_nginx(gatepool(place.stage, place.name, place.distribution, app), kept)


def multiwatch(place, command, kept=False, workers=4, options=()):
    return place.behind_nginx(place.stage.start(f"{place.name}-spawn", spawn(place.socket, command, workers, options)), kept)


def spawn(socket, command, workers, options=()):
    return [program("spawn-fcgi"), "-n", "-s", socket, *options, "--", program("multiwatch"), "-f", str(workers), "--", *command]


def relay(place, command, workers=4):
    """The yardstick apps/relay.c between nginx and multiwatch's workers, which run until they are stopped, as gatepool's."""
    start = [place.directory / "bin/relay", place.socket, str(workers), *spawn(f"{place.socket}.workers", command, workers)]
    bridge = place.stage.start(f"{place.name}-relay", start, os.environ | {"PHP_FCGI_MAX_REQUESTS": "0"})
    return place.behind_nginx(bridge, True, depth=1)


def gatepool_php(place):
    return gatepool_fastcgi(place, [program("php-cgi")], more=f'root = "{place.directory}/www"\nextensions = [".php"]\n')


def fpm_server(place, mode=""):
    directory = place.directory / place.name
    directory.mkdir()
    configuration = directory / "php-fpm.conf"
    user = f"user = root\ngroup = root\n{mode}" if IS_ROOT else ""
    configuration.write_text(PHP_FPM.format(directory=directory, socket=place.socket, user=user))
    command = [php_fpm(), "--fpm-config", configuration, "--nodaemonize", *(["--allow-to-run-as-root"] if IS_ROOT else [])]
    return place.stage.start(f"{place.name}-fpm", command)


def fpm(place, kept):
    return place.behind_nginx(fpm_server(place), kept)


def php_cgi(place):
    """PHP's own process manager: a parent and four children, which gatepool's php-cgi also are without a limit of requests."""
    environment = os.environ | {"PHP_FCGI_CHILDREN": "4", "PHP_FCGI_MAX_REQUESTS": "0"}
    command = [program("spawn-fcgi"), "-n", "-s", place.socket, "--", program("php-cgi")]
    return place.behind_nginx(place.stage.start(f"{place.name}-php-cgi", command, environment), False)


def gatepool_cgi(place):
    return place.behind_nginx(gatepool_with_scripts(place, f"unix:{place.socket}"), True, "cgi")


def gatepool_cgi_http(place):
    port = free_port()
    return answering(place, gatepool_with_scripts(place, f"http:127.0.0.1:{port}"), port)


def gatepool_with_scripts(place, listen):
    app = f'kind = "cgi"\nlisten = "{listen}"\nroot = "{place.directory}/cgi"\nmax_running = 8\n'
    return gatepool(place.stage, place.name, place.distribution, app)


def fcgiwrap(place):
    bridge = place.stage.start(f"{place.name}-fcgiwrap", [program("fcgiwrap"), "-c", "8", "-s", f"unix:{place.socket}"])
    return place.behind_nginx(bridge, False, "cgi", 1)


def uwsgi_cgi(place):
    """As docs/CGI.html of uWSGI has it, behind nginx in its own protocol."""
    need_file("/usr/lib/uwsgi/plugins/cgi_plugin.so", "uwsgi-core")
    command = [program("uwsgi"), "--plugins", "cgi", "--master", "--die-on-term", "--processes", "8", "--socket", place.socket]
    bridge = place.stage.start(f"{place.name}-uwsgi", [*command, "--disable-logging", "--cgi", place.directory / "cgi"])
    return place.behind_nginx(bridge, False, "cgi", 1, UWSGI_LOCATION, "uwsgi_modifier1 9;")


def lighttpd(place):
    """No nginx in front: lighttpd is the web server."""
    port = free_port()
    configuration = place.directory / f"{place.name}.conf"
    errors = place.directory / f"{place.name}.errors"
    configuration.write_text(LIGHTTPD.format(errors=errors, port=port, root=place.directory / "cgi"))
    bridge = place.stage.start(f"{place.name}-cgi", [program("lighttpd"), "-D", "-f", configuration])
    return answering(place, bridge, port)
