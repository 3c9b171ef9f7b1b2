"""Apache as the web server, with mod_fcgid and mod_proxy_fcgi, and what stands behind it."""

from measure import servers
from measure.servers import IS_ROOT, Site, await_answer, free_port, gatepool, php_fpm, program, wait_for

MODULES = "/usr/lib/apache2/modules"

# The defaults of Debian's mpm_event, the rest is what it needs to run here. Both sides of a comparison have the same.
APACHE = """\
ServerName localhost
ServerRoot {directory}
DefaultRuntimeDir {directory}
PidFile {directory}/apache.pid
Listen 127.0.0.1:{port}
ErrorLog {directory}/apache.errors
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
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
DocumentRoot {root}
{more}
"""

# Without limits on starting processes, both sides of them: what is measured is what comes after.
FCGID = """\
LoadModule fcgid_module {modules}/mod_fcgid.so
FcgidIPCDir {directory}/fcgid
FcgidProcessTableFile {directory}/fcgid.shm
FcgidSpawnScore 0
FcgidTerminationScore 0
FcgidMaxProcessesPerClass {processes}
<Location "/">
    Require all granted
    Options +ExecCGI
    SetHandler fcgid-script
    FcgidWrapper "{command}" virtual
</Location>
"""

PROXY = """\
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_fcgi_module {modules}/mod_proxy_fcgi.so
ProxyPass "/" "unix:{socket}|fcgi://localhost{root}/"{kept}
"""

# Apache serves as www-data when root starts it, and has to get in.
GROUP = 'listen_group = "www-data"\n' if IS_ROOT else ""


def start(stage, name, template, **values):
    directory = stage.directory / f"{name}-apache"
    directory.mkdir()
    values |= {"directory": directory, "modules": MODULES, "root": stage.directory / "www"}
    port = free_port()
    configuration = directory / "apache.conf"
    user = "User www-data\nGroup www-data" if IS_ROOT else ""
    configuration.write_text(APACHE.format(port=port, user=user, more=template.format(**values), **values))
    server = stage.start(f"{name}-apache", [program("apache2"), "-DFOREGROUND", "-f", configuration])
    return server, port, directory / "apache.errors"


def fcgid_attach(stage, distribution, path, body):
    """Each process of mod_fcgid's is a gatepool-attach; the workers are gatepool's four."""
    name = "fcgid-attach"
    socket = stage.directory / "attach.sock"
    app = (
        f'kind = "fastcgi"\ncommand = ["{stage.directory}/bin/hello"]\nlisten = "attach:unix:{socket}"\n{GROUP}'
        'workers.mode = "static"\nworkers.max = 4\n'
    )
    bridge = gatepool(stage, name, distribution, app)
    command = f"{(distribution / 'bin/gatepool-attach').resolve()} --socket={socket}"
    web, port, errors = start(stage, name, FCGID, processes=150, command=command)
    await_answer(stage, name, web, port, path, body)
    return Site(name, web, bridge, port, errors, same_size=False)


def fcgid_own(stage, path, body):
    """mod_fcgid's own four processes: its process manager is the bridge, with Apache's."""
    name = "fcgid-own"
    web, port, errors = start(stage, name, FCGID, processes=4, command=stage.directory / "bin/hello")
    await_answer(stage, name, web, port, path, body)
    return Site(name, None, web, port, errors, 1, same_size=False)


def proxied(stage, name, bridge, socket, kept, path, body):
    wait_for(socket.is_socket, f"{name}: {socket} appears", bridge, stage)
    web, port, errors = start(stage, name, PROXY, socket=socket, kept=" enablereuse=on" if kept else "")
    await_answer(stage, name, web, port, path, body)
    return Site(name, web, bridge, port, errors, same_size=False)


def proxy_gatepool(stage, distribution, path, body):
    name = "proxy-gatepool"
    socket = stage.directory / f"{name}.sock"
    app = (
        f'kind = "fastcgi"\ncommand = ["{program("php-cgi")}"]\nlisten = "unix:{socket}"\n{GROUP}'
        f'root = "{stage.directory}/www"\nextensions = [".php"]\nworkers.mode = "static"\nworkers.max = 4\n'
    )
    return proxied(stage, name, gatepool(stage, name, distribution, app), socket, True, path, body)


def proxy_fpm(stage, path, body):
    """Not kept: each idle connection of Apache's would hold one of its four processes, until nobody is answered."""
    name = "proxy-fpm"
    socket = stage.directory / f"{name}.sock"
    directory = stage.directory / name
    directory.mkdir()
    configuration = directory / "php-fpm.conf"
    user = "user = root\ngroup = root\nlisten.mode = 0666\n" if IS_ROOT else ""
    configuration.write_text(servers.PHP_FPM.format(directory=directory, socket=socket, user=user))
    command = [php_fpm(), "--fpm-config", configuration, "--nodaemonize", *(["--allow-to-run-as-root"] if IS_ROOT else [])]
    return proxied(stage, name, stage.start(f"{name}-fpm", command), socket, False, path, body)
