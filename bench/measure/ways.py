"""The ways of a group, in interleaved rounds."""

import re
import shutil
import socket
import time
from contextlib import nullcontext

from measure import figures, load, proc, wsgi_servers
from measure.resting import Resting
from measure.servers import NotInstalled, Place
from measure.stage import Stage, Trouble


def measure_group(group, options, applications, result):
    """All rounds of a group. Its servers are there no longer than that."""
    samples, ways = {}, list(group.ways)
    points = [[point] for point in group.points] if group.own_servers else [list(group.points)]
    for several in points:
        with Stage() as stage:
            lay_out(applications, stage.directory)
            sites = open_sites(group, ways, several[0], stage, options, result)
            ways = [way for way in ways if way.name in sites]
            for way in ways if several is points[0] else ():
                result.memory(group, way, "idle", sites[way.name].memory())
            warm_up(group, ways, several, sites, options)
            rounds(group, ways, several, sites, options, samples, result)
            for way in ways if several is points[-1] else ():
                result.memory(group, way, "loaded", sites[way.name].memory())
    result.group(group, ways)
    return ways, samples


def lay_out(applications, directory):
    for name in ("bin", "www", "cgi"):
        shutil.copytree(applications / name, directory / name)
    wsgi_servers.lay_out_applications(directory)


def open_sites(group, ways, point, stage, options, result):
    sites = {}
    for number, way in enumerate(ways):
        name = f"w{number}-" + re.sub("[^a-z0-9]+", "-", way.name.lower()).strip("-")[:24]
        path = point.path.split("?")[0]
        place = Place(stage, options.gatepool, name, path, nginx=group.nginx, listen=group.listen)
        try:
            sites[way.name] = way.open(place, point)
        except NotInstalled as missing:
            result.warn(f"{group.id}: {way.name} is left out: {missing}")
            figures.progress(f"{group.id}, {way.name}: LEFT OUT: {missing}")
    return sites


# Programs that were compiled before they run, or never are, need it for caches only.
WARM_UP = 1
# A JVM compiles what has run often, and while its compilers are at work they take the processors from all others. So it is
# warm when it has answered so many requests, and they have taken less than this of a run. Where that does not come to be
# there is an end to it.
ENOUGH_REQUESTS = 20000
COMPILERS_AT_REST = 0.05
MOST_WARM_UPS = 8


def warm_up(group, ways, points, sites, options):
    """A JVM compiles while it runs, and is as fast as it gets after some seconds of load."""
    point = points[len(points) // 2]
    for way in ways:
        site = sites[way.name]
        seconds = options.warm_up if way.own else WARM_UP
        requests = 0
        for _ in range(MOST_WARM_UPS if way.own else 1):
            figures.progress(f"warm-up, {group.id}, {way.name}")
            time.sleep(options.rest)
            before = proc.compiling(site.bridge.pid) if way.own else 0
            run = load.wrk(site.port, point.path, min(point.connections, 64), seconds, way.name, post=point.post)
            requests += run.requests
            if way.own and is_warm(requests, (proc.compiling(site.bridge.pid) - before) / seconds):
                break


def is_warm(requests, compilers):
    """
    :param requests: it has answered so far
    :param compilers: how much of one processor they have taken lately
    """
    return requests >= ENOUGH_REQUESTS and compilers < COMPILERS_AT_REST


def seconds_of(group, point, options):
    if group.kind == "cases":
        return options.seconds
    return max(point.seconds or 1, options.seconds // 2)


def rounds(group, ways, points, sites, options, samples, result):
    """Peers run one right after the other; every second round goes backwards, so that none is always the first."""
    for number in range(1, options.rounds + 1):
        for point in points:
            for way in ways if number % 2 else reversed(ways):
                time.sleep(options.rest)
                sample = measure(sites[way.name], way, point, seconds_of(group, point, options))
                samples.setdefault((point, way.name), []).append(sample)
                result.run(group, way, number, point, sample)
                where = f"c{point.connections}" if point.x is None else f"{group.axis['name']} {point.x:g}"
                figures.progress(f"round {number} of {options.rounds}, {group.id}, {where}, {way.name}", sample)


def measure(site, way, point, seconds):
    """One run, every byte of an answer looked at before and after it."""
    with resting(site, point) if point.resting else nullcontext() as idle:
        expected = load.check(site.port, point.path, point.answer, way.name, post=point.post)
        errors_before = figures.error_lines(site)
        with load.Meter(site) as meter:
            run = load.wrk(
                site.port,
                point.path,
                point.connections,
                seconds,
                way.name,
                expected,
                post=point.post,
                same_size=site.same_size,
            )
        check_after(site, way, point, run)
        if idle and idle.lost():
            raise Trouble(f"{way.name}: {idle.lost()} of the resting connections did not stay")
    return figures.Sample(run, meter, figures.error_lines(site) - errors_before, point.connections)


def check_after(site, way, point, run, patience=10):
    """One that was loaded until it refused requests may be busy for some seconds with what wrk has left behind."""
    until = time.monotonic() + patience
    while True:
        try:
            return load.check(site.port, point.path, point.answer, way.name, post=point.post)
        except load.WrongAnswer:
            if not run.errors or time.monotonic() > until:
                raise
            time.sleep(0.2)


def resting(site, point):
    request = f"GET {point.path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n\r\n".encode()
    whole = point.answer
    # The last chunk follows where the answer has no length.
    return Resting(
        socket.AF_INET, ("127.0.0.1", site.port), request, lambda answer: answer.endswith((whole, b"0\r\n\r\n")), point.resting
    )
