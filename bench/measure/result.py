"""What a run of all.py leaves behind: one JSON object, "gatepool-bench 1". Every run is in it, nothing averaged.

bench/report.py reads it. Ratios are the reader's, from runs of the same round.
"""

import json
import os
import platform
import re
import subprocess
import time
from pathlib import Path

from measure import figures

FORMAT = "gatepool-bench 1"
# Debian's packages whose versions matter, by the names that people know.
PACKAGES = {
    "wrk": "wrk",
    "spawn-fcgi": "spawn-fcgi",
    "multiwatch": "multiwatch",
    "libfcgi-dev": "libfcgi",
    "fcgiwrap": "fcgiwrap",
    "apache2-bin": "apache2",
    "libapache2-mod-fcgid": "mod_fcgid",
    "lighttpd": "lighttpd",
    "libfcgi-perl": "FCGI.pm",
    "uwsgi-core": "uwsgi",
    "gunicorn": "gunicorn",
    "python3-gevent": "gevent",
    "python3-waitress": "waitress",
    "python3-cheroot": "cheroot",
    "python3-tornado": "tornado",
    "python3-twisted": "twisted",
}
COMMANDS = {
    "nginx": ("/usr/sbin/nginx", "-v"),
    "php": ("php-cgi", "-v"),
    "perl": ("perl", "-e", 'printf "%vd", $^V'),
    "python": ("/usr/bin/python3", "--version"),
}


def machine(distribution):
    java = os.environ.get("JAVA_HOME")
    commands = {
        "gatepool": (str(distribution / "bin/gatepool"), "--version"),
        "java": (f"{java}/bin/java" if java else "java", "-version"),
    } | COMMANDS
    told = {name: version(figures.first_line(*command)) for name, command in commands.items()}
    return {
        "cores": os.cpu_count(),
        "cpu": figures.processor(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "kernel": platform.release(),
        "os": system(),
        "virtual": virtual(),
        "load_before": round(os.getloadavg()[0], 2),
        "versions": {name: told[name] for name in told if told[name]} | packages(),
    }


def version(line):
    """What looks like one in the line that a program tells it in; None if nothing does."""
    found = re.search(r"\d+\.\d[\w.+-]*", line)
    return found and found[0]


def system():
    try:
        named = platform.freedesktop_os_release()
    except OSError:
        return platform.system()
    version = Path("/etc/debian_version")
    if named.get("ID") == "debian" and version.exists():
        return f"Debian {version.read_text().strip()}"
    return named.get("PRETTY_NAME", platform.system())


def virtual():
    """What the machine runs in, as systemd-detect-virt calls it; None for none, or where nobody can tell."""
    try:
        found = subprocess.run(["systemd-detect-virt"], capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return None
    return found if found not in ("", "none") else None


def packages():
    """The versions of Debian's packages that are there."""
    form = "${db:Status-Abbrev} ${Package} ${Version}\n"
    try:
        listed = subprocess.run(["dpkg-query", "-W", "-f", form, *PACKAGES], capture_output=True, text=True, check=False).stdout
    except OSError:
        return {}
    rows = (line.split() for line in listed.splitlines())
    return {PACKAGES[row[1]]: row[2] for row in rows if len(row) == 3 and row[0] == "ii"}


class Result:
    def __init__(self, options, distribution):
        self.path = options.json
        self.began = time.monotonic()
        self.content = {
            "format": FORMAT,
            "form": "full" if options.full else "short",
            "started": time.strftime("%Y-%m-%d %H:%M"),
            "minutes": 0.0,
            "rounds": options.rounds,
            "seconds": options.seconds,
            "rest": options.rest,
            "machine": machine(distribution),
            "warnings": [],
            "groups": [],
            "runs": [],
            "memory": [],
            "starts": [],
            "targets": [],
        }

    def warn(self, text):
        if text not in self.content["warnings"]:
            self.content["warnings"].append(text)

    def group(self, group, ways):
        """The group with those of its ways that are there."""
        names = {way.name for way in ways}
        self.content["groups"].append(
            {
                "id": group.id,
                "family": group.family,
                "title": group.title,
                "about": group.about,
                "kind": group.kind,
                "axis": group.axis,
                "ways": [
                    {
                        "name": way.name,
                        "server": way.server,
                        "how": way.how,
                        "own": way.own,
                        "peers": [peer for peer in way.peers if peer in names],
                    }
                    for way in ways
                ],
            }
        )

    def run(self, group, way, number, point, sample):
        self.content["runs"].append(
            {
                "group": group.id,
                "way": way.name,
                "round": number,
                "connections": point.connections,
                "x": point.x,
            }
            | sample.as_dict()
        )

    def memory(self, group, way, state, pss):
        self.content["memory"].append({"group": group.id, "way": way.name, "state": state, "pss": pss})

    def start(self, group, way, number, seconds):
        self.content["starts"].append({"group": group.id, "way": way.name, "round": number, "seconds": seconds})

    def keep_finished(self, why):
        """After a wrong answer: nothing of the group in which it was."""
        self.warn(why)
        finished = {group["id"] for group in self.content["groups"]}
        for name in ("runs", "memory", "starts"):
            self.content[name] = [entry for entry in self.content[name] if entry["group"] in finished]

    def write(self):
        self.content["minutes"] = round((time.monotonic() - self.began) / 60, 1)
        path = Path(self.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.content, indent=1) + "\n")
