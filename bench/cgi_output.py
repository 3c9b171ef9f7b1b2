#!/usr/bin/python3
"""How fast the output of one CGI script passes through, and what it costs. See bench/README.md.

    python3 bench/cgi_output.py [--mib 1024] [--runs 5]
"""

import argparse
import socket
import statistics
import sys
import time
from pathlib import Path

from measure import load, proc
from measure.stage import Stage, Trouble, free_port, wait_for


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mib", type=int, default=1024, help="size of the output (default: 1024)")
    parser.add_argument("--runs", type=int, default=5, help="how often (default: 5)")
    parser.add_argument("--gatepool", type=Path, default=Path("target/gatepool"), metavar="DIR", help="the distribution")
    parser.add_argument("--slow", type=float, default=0, metavar="MIB", help="a client that takes no more than so much a second")
    return parser.parse_args()


def read_all(port, path, rate):
    """The bytes of the answer, head and chunks included, as fast as they come; and the seconds that took."""
    buffer = memoryview(bytearray(1 << 20))
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        begun = time.monotonic()
        total = 0
        while got := client.recv_into(buffer):
            total += got
            ahead = total / rate - (time.monotonic() - begun) if rate else 0
            if ahead > 0:
                time.sleep(ahead)
        return total, time.monotonic() - begun


def memory(pid):
    """Resident MiB of the process, without what is mapped from files."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    raise Trouble("no RssAnon")


def cpu(pid):
    return proc.process(pid).own


def is_listening(port):
    try:
        load.fetch(port, "/")
        return True
    except OSError:
        return False


def main():
    options = arguments()
    size = options.mib << 20
    with Stage() as stage:
        scripts = stage.directory / "cgi"
        scripts.mkdir()
        script = scripts / "zeros.sh"
        script.write_text(f"#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nexec head -c {size} /dev/zero\n")
        script.chmod(0o755)
        port = free_port()
        configuration = stage.directory / "gatepool.toml"
        configuration.write_text(f"""
[server]
runtime_dir = "run"
[app.out]
kind = "cgi"
root = "cgi"
listen = "http:127.0.0.1:{port}"
""")
        server = stage.start("gatepool", [options.gatepool.resolve() / "bin/gatepool", "serve", "-R", "-c", configuration])
        wait_for(lambda: is_listening(port), "gatepool", server, stage)
        read_all(port, "/zeros.sh", 0)
        before = memory(server.pid)
        rates, costs = [], []
        for _ in range(options.runs):
            spent = cpu(server.pid)
            got, seconds = read_all(port, "/zeros.sh", options.slow * (1 << 20))
            if got < size:
                raise Trouble(f"only {got} of {size} bytes came")
            rates.append(size / seconds / 1e6)
            costs.append((cpu(server.pid) - spent) / (size / (1 << 30)))
            print(f"{rates[-1]:8.0f} MB/s   {costs[-1]:5.2f} s of CPU a GiB   {memory(server.pid):6.1f} MiB", flush=True)
        print(f"median {statistics.median(rates):.0f} MB/s, {statistics.median(costs):.2f} s of CPU a GiB; "
              f"memory {before:.1f} MiB before, {memory(server.pid):.1f} MiB after")


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"cgi_output.py: {trouble}")
