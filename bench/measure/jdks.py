"""The JDKs of this machine."""

import re
from pathlib import Path

from measure.stage import Trouble


def release(home):
    """The version of a JDK, as its "release" file tells it, and as the launcher names the archive after it."""
    found = re.search(r'^JAVA_VERSION="([^"]+)"', (home / "release").read_text(), re.MULTILINE)
    if not found:
        raise Trouble(f"{home}/release names no JAVA_VERSION")
    return found[1]


def installed(wanted=(17, 25)):
    """The newest JDK of each wanted version, by the directory that it really is in: {17: Path, …}."""
    homes = {}
    for path in sorted(Path("/usr/lib/jvm").glob("*/release")):
        home = path.parent.resolve()
        major = int(release(home).split(".")[0])
        if major in wanted and (home / "bin/java").exists():
            homes[major] = home
    return dict(sorted(homes.items()))
