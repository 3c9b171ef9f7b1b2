"""The servers that are compared: one nginx for each way to the application, and what stands behind it.

A Site is such a way: the web server, the bridge (what hands requests to processes: gatepool, multiwatch, the master of
php-fpm, fcgiwrap), and the workers. All of them run as whoever runs the script, root included, so that nobody pays for
a change of user that another does not.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from measure import load, proc
from measure.stage import Trouble, free_port, wait_for

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

# The defaults of Debian's mpm_event and of mod_cgid, the rest is what it needs to run here.
APACHE = """\
ServerName localhost
ServerRoot {directory}
PidFile {directory}/apache.pid
Listen 127.0.0.1:{port}
ErrorLog {directory}/apache.errors
DefaultRuntimeDir {directory}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule alias_module {modules}/mod_alias.so
LoadModule cgid_module {modules}/mod_cgid.so
{user}
StartServers 2
MinSpareThreads 25
MaxSpareThreads 75
ThreadLimit 64
ThreadsPerChild 25
MaxRequestWorkers 150
MaxConnectionsPerChild 0
KeepAlive On
MaxKeepAliveRequests 0
ScriptSock {directory}/cgisock
ScriptAlias / {root}/
<Directory {root}>
    Require all granted
    Options +ExecCGI
</Directory>
"""

LIGHTTPD = """\
server.port = {port}
server.bind = "127.0.0.1"
server.document-root = "{root}"
server.errorlog = "{directory}/lighttpd.errors"
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
    raise Trouble(f"not installed: {names[0]} (see bench/README.md)")


def php_fpm():
    return program("php-fpm", *(path.name for path in sorted(Path("/usr/sbin").glob("php-fpm*"))))


def compile_c(source, target, *libraries):
    subprocess.run([program("cc", "gcc"), "-O2", "-o", target, source, *libraries], check=True)


def build_applications(directory):
    """The applications as the servers find them: bin/hello, www/hello.php, cgi/hello and cgi/hello.sh."""
    for name in ("bin", "www", "cgi"):
        (directory / name).mkdir()
    compile_c(APPS / "hello.c", directory / "bin/hello", "-lfcgi")
    compile_c(APPS / "hello-cgi.c", directory / "cgi/hello")
    shutil.copy(APPS / "hello.sh", directory / "cgi/hello.sh")
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


def behind_nginx(stage, name, bridge, socket, root, kept, path, body, bridge_depth=0, location=FASTCGI_LOCATION, more=""):
    wait_for(socket.is_socket, f"{name}: {socket} appears", bridge, stage)
    web, port = nginx(stage, name, socket, root, kept, more, location=location)
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


def gatepool_fastcgi(stage, distribution, path, body, environment=None):
    socket = stage.directory / "hello.sock"
    app = f'kind = "fastcgi"\ncommand = ["{stage.directory}/bin/hello"]\nlisten = "unix:{socket}"\nworkers.mode = "static"\nworkers.max = 4\n'
    bridge = gatepool(stage, "hello", distribution, app, environment)
    return behind_nginx(stage, "hello", bridge, socket, stage.directory / "www", True, path, body)


def multiwatch(stage, path, body):
    socket = stage.directory / "multiwatch.sock"
    command = [program("spawn-fcgi"), "-n", "-s", socket, "--", program("multiwatch"), "-f", "4", "--"]
    bridge = stage.start("multiwatch-spawn", [*command, stage.directory / "bin/hello"])
    return behind_nginx(stage, "multiwatch", bridge, socket, stage.directory / "www", False, path, body)


def gatepool_php(stage, distribution, path, body, environment=None):
    socket = stage.directory / "php.sock"
    app = (
        f'kind = "fastcgi"\ncommand = ["{program("php-cgi")}"]\nlisten = "unix:{socket}"\n'
        f'root = "{stage.directory}/www"\nextensions = [".php"]\nworkers.mode = "static"\nworkers.max = 4\n'
    )
    bridge = gatepool(stage, "php", distribution, app, environment)
    return behind_nginx(stage, "php", bridge, socket, stage.directory / "www", True, path, body)


def fpm(stage, name, kept, path, body):
    socket = stage.directory / f"{name}.sock"
    directory = stage.directory / name
    directory.mkdir()
    configuration = directory / "php-fpm.conf"
    user = "user = root\ngroup = root\n" if IS_ROOT else ""
    configuration.write_text(PHP_FPM.format(directory=directory, socket=socket, user=user))
    command = [php_fpm(), "--fpm-config", configuration, "--nodaemonize", *(["--allow-to-run-as-root"] if IS_ROOT else [])]
    bridge = stage.start(f"{name}-fpm", command)
    return behind_nginx(stage, name, bridge, socket, stage.directory / "www", kept, path, body)


def gatepool_cgi(stage, distribution, path, body, environment=None):
    socket = stage.directory / "cgi.sock"
    app = f'kind = "cgi"\nlisten = "unix:{socket}"\nroot = "{stage.directory}/cgi"\nmax_running = 8\n'
    bridge = gatepool(stage, "cgi", distribution, app, environment)
    return behind_nginx(stage, "cgi", bridge, socket, stage.directory / "cgi", True, path, body)


def fcgiwrap(stage, path, body):
    socket = stage.directory / "fcgiwrap.sock"
    bridge = stage.start("fcgiwrap-c8", [program("fcgiwrap"), "-c", "8", "-s", f"unix:{socket}"])
    return behind_nginx(stage, "fcgiwrap", bridge, socket, stage.directory / "cgi", False, path, body, bridge_depth=1)


def uwsgi(stage, path, body):
    """As docs/CGI.html of uWSGI has it, behind nginx in its own protocol."""
    socket = stage.directory / "uwsgi.sock"
    command = [program("uwsgi"), "--plugins", "cgi", "--master", "--die-on-term", "--processes", "8", "--socket", socket]
    bridge = stage.start("uwsgi-cgi", [*command, "--disable-logging", "--cgi", stage.directory / "cgi"])
    root = stage.directory / "cgi"
    more = "uwsgi_modifier1 9;"
    return behind_nginx(stage, "uwsgi", bridge, socket, root, False, path, body, 1, UWSGI_LOCATION, more)


def apache(stage, path, body):
    """No nginx in front: Apache is the web server. Its CGI daemon and its workers are the bridge."""
    port = free_port()
    directory = stage.directory / "apache"
    directory.mkdir()
    configuration = directory / "apache.conf"
    configuration.write_text(
        APACHE.format(
            directory=directory,
            port=port,
            modules="/usr/lib/apache2/modules",
            root=stage.directory / "cgi",
            # Compiled without BIG_SECURITY_HOLE, it refuses to serve as root; the scripts then run as www-data too.
            user="User www-data\nGroup www-data" if IS_ROOT else "",
        )
    )
    bridge = stage.start("apache-cgid", [program("apache2"), "-DFOREGROUND", "-f", configuration])
    await_answer(stage, "apache", bridge, port, path, body)
    return Site("apache", None, bridge, port, directory / "apache.errors", 1, same_size=False)


def lighttpd(stage, path, body):
    """No nginx in front: lighttpd is the web server."""
    port = free_port()
    configuration = stage.directory / "lighttpd.conf"
    configuration.write_text(LIGHTTPD.format(directory=stage.directory, port=port, root=stage.directory / "cgi"))
    bridge = stage.start("lighttpd-cgi", [program("lighttpd"), "-D", "-f", configuration])
    await_answer(stage, "lighttpd", bridge, port, path, body)
    return Site("lighttpd", None, bridge, port, stage.directory / "lighttpd.errors")
