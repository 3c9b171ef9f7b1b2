"""Apache as the web server, with mod_cgid, mod_fcgid or mod_proxy_fcgi, and what stands behind it."""

from measure import servers
from measure.servers import IS_ROOT, Site, await_answer, free_port, gatepool, program, wait_for

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
{more}
"""

# The defaults of mod_cgid.
CGID = """\
LoadModule alias_module {modules}/mod_alias.so
LoadModule cgid_module {modules}/mod_cgid.so
ScriptSock {directory}/cgisock
ScriptAlias / {scripts}/
<Directory {scripts}>
    Require all granted
    Options +ExecCGI
</Directory>
"""

# Without limits on starting processes, both sides of them: what is measured is what comes after.
FCGID = """\
DocumentRoot {root}
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
DocumentRoot {root}
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
    # Compiled without BIG_SECURITY_HOLE, it refuses to serve as root; its scripts then run as www-data too.
    user = "User www-data\nGroup www-data" if IS_ROOT else ""
    configuration.write_text(APACHE.format(port=port, user=user, more=template.format(**values), **values))
    server = stage.start(f"{name}-apache", [program("apache2"), "-DFOREGROUND", "-f", configuration])
    return server, port, directory / "apache.errors"


def cgid(place):
    """No nginx in front: Apache is the web server. Its CGI daemon and its workers are the bridge."""
    servers.need_file(f"{MODULES}/mod_cgid.so", "apache2")
    web, port, errors = start(place.stage, place.name, CGID, scripts=place.directory / "cgi")
    await_answer(place.stage, place.name, web, port, place.path, place.body)
    return Site(place.name, None, web, port, errors, 1, same_size=False)


def fcgid(place, command, processes):
    servers.need_file(f"{MODULES}/mod_fcgid.so", "libapache2-mod-fcgid")
    web, port, errors = start(place.stage, place.name, FCGID, processes=processes, command=command)
    await_answer(place.stage, place.name, web, port, place.path, place.body)
    return web, port, errors


def fcgid_attach(place):
    """Each process of mod_fcgid's is a gatepool-attach; the workers are gatepool's four."""
    app = (
        f'kind = "fastcgi"\ncommand = ["{place.directory}/bin/hello"]\nlisten = "attach:unix:{place.socket}"\n{GROUP}'
        'workers.mode = "static"\nworkers.max = 4\n'
    )
    bridge = gatepool(place.stage, place.name, place.distribution, app)
    command = f"{(place.distribution / 'bin/gatepool-attach').resolve()} --socket={place.socket}"
    web, port, errors = fcgid(place, command, 150)
    return Site(place.name, web, bridge, port, errors, same_size=False)


def fcgid_own(place):
    """mod_fcgid's own four processes: its process manager is the bridge, with Apache's."""
    web, port, errors = fcgid(place, place.directory / "bin/hello", 4)
    return Site(place.name, None, web, port, errors, 1, same_size=False)


def proxied(place, bridge, kept):
    servers.need_file(f"{MODULES}/mod_proxy_fcgi.so", "apache2")
    wait_for(place.socket.is_socket, f"{place.name}: {place.socket} appears", bridge, place.stage)
    web, port, errors = start(place.stage, place.name, PROXY, socket=place.socket, kept=" enablereuse=on" if kept else "")
    await_answer(place.stage, place.name, web, port, place.path, place.body)
    return Site(place.name, web, bridge, port, errors, same_size=False)


def proxy_gatepool(place):
    app = (
        f'kind = "fastcgi"\ncommand = ["{program("php-cgi")}"]\nlisten = "unix:{place.socket}"\n{GROUP}'
        f'root = "{place.directory}/www"\nextensions = [".php"]\nworkers.mode = "static"\nworkers.max = 4\n'
    )
    return proxied(place, gatepool(place.stage, place.name, place.distribution, app), True)


def proxy_fpm(place):
    """Not kept: each idle connection of Apache's would hold one of its four processes, until nobody is answered."""
    return proxied(place, servers.fpm_server(place, "listen.mode = 0666\n"), False)
