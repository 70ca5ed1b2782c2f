"""Two servers behind nginx with affinity: what the second gains, and what happens when one dies.

    apt-get install nginx-light   (Debian)
    python tests/benchmarks/scaleout.py [--readers 100] [--every 2] [--affinity cookie|ip]

Readers come through nginx, first with one server behind it and then with two. Each reader keeps its cookie (or
its address in X-Forwarded-For), so that WebSocket, media files and reconnections reach the process that has its
session. Then one of two servers is killed: its readers connect again and open their link on the other one.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import websockets
from client import Reader
from harness import PAGES, Server, healthy, percentile, serve, table

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    client_max_body_size 6m;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
    # A reader without the cookie gets one; the hash of it chooses the server, always the same one.
    map $cookie_reglab $reader {{ default $cookie_reglab; '' $request_id; }}
    upstream reglab {{
        hash {key} consistent;
        {servers}
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            add_header Set-Cookie "reglab=$reader; Path=/; HttpOnly; SameSite=Lax";
            proxy_pass http://reglab;
            proxy_http_version 1.1;
            proxy_set_header Host $host:$server_port;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_read_timeout 1d;
            proxy_connect_timeout 2s;
            proxy_next_upstream error timeout;
        }}
    }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def nginx(servers: list[Server], affinity: str) -> Iterator[str]:
    """Run nginx in front of the servers; give its address."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        configuration = CONFIGURATION.format(
            folder=folder,
            port=port,
            key="$reader" if affinity == "cookie" else "$http_x_forwarded_for",
            servers="\n        ".join(
                f"server {s.address.removeprefix('http://')} max_fails=1 fail_timeout=10s;" for s in servers
            ),
        )
        path = Path(folder) / "nginx.conf"
        path.write_text(configuration)
        process = subprocess.Popen([program, "-e", f"{folder}/error.log", "-c", str(path)])
        try:
            for _ in range(50):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=10)


def reader(address: str, number: int) -> Reader:
    """Make a reader with a cookie and an address of their own."""
    headers = {
        "Cookie": f"reglab=reader{number}",
        "X-Forwarded-For": f"10.0.{number // 250}.{number % 250 + 1}",
    }
    return Reader(address, PAGES[number % len(PAGES)], number, headers)


async def crowd(
    address: str, readers: int, every: float, seconds: float
) -> tuple[list[float], list[str], float]:
    """Let readers move controls in step with the clock; give milliseconds, faults and answers per second."""
    people = [reader(address, i) for i in range(readers)]
    for one in people:
        await one.connect()
        await one.open()
        await one.move()
    times: list[float] = []
    start = time.perf_counter()

    async def stay(one: Reader, first: float) -> None:
        due = start + first
        while due < start + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            times.append(await one.move(since=due) * 1000)
            due += every

    ends = await asyncio.gather(
        *(stay(one, every * i / readers) for i, one in enumerate(people)), return_exceptions=True
    )
    spent = time.perf_counter() - start
    faults = [repr(e) for e in ends if e is not None] + [f for one in people for f in one.faults]
    for one in people:
        await one.close()
    return times, faults, len(times) / spent


async def survive(address: str, readers: int, victim: Server) -> list[object]:
    """Kill one of two servers under its readers; give how many were cut off and how long until each was back."""
    people = [reader(address, i) for i in range(readers)]
    for one in people:
        await one.connect()
        await one.open(distance_goal_x=7)
    victim.process.kill()
    victim.process.wait()
    cut, back, lost = 0, [], []
    for one in people:
        start = time.perf_counter()
        try:
            await one.move()
        except (websockets.exceptions.ConnectionClosed, OSError):
            cut += 1
            for _ in range(20):
                try:
                    await one.connect()
                    await one.open(distance_goal_x=7)
                    back.append(time.perf_counter() - start)
                    break
                except (websockets.exceptions.WebSocketException, OSError):
                    await asyncio.sleep(0.5)
            else:
                lost.append(one.seed)
    for one in people:
        await one.close()
    return [readers, cut, len(back), len(lost), f"{max(back, default=0):.1f}"]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readers", type=int, default=100)
    parser.add_argument("--every", type=float, default=2.0)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--affinity", choices=("cookie", "ip"), default="cookie")
    args = parser.parse_args()
    rows = []
    with serve() as one, serve() as two:
        healthy(two)
        for servers in ([one], [one, two]):
            with nginx(servers, args.affinity) as address:
                before = [s.cpu for s in servers]
                times, faults, rate = asyncio.run(crowd(address, args.readers, args.every, args.seconds))
                shares = [s.cpu - b for s, b in zip(servers, before, strict=True)]
                rows.append(
                    [len(servers), args.readers, f"{args.every:g}", f"{rate:.1f}", f"{percentile(times, 0.5):.0f}",
                     f"{percentile(times, 0.95):.0f}", " / ".join(f"{c:.0f}" for c in shares), len(faults)]
                )  # fmt: skip
                print("  ", rows[-1], *sorted(set(faults))[:3], flush=True)
        head = [
            "servers",
            "readers",
            "every s",
            "answers/s",
            "median ms",
            "p95 ms",
            "CPU s of each",
            "faults",
        ]
        print("\n" + table(head, rows) + "\n")
        with nginx([one, two], args.affinity) as address:
            died = asyncio.run(survive(address, 20, two))
        print(table(["readers", "cut off", "back by their link", "lost", "slowest back s"], [died]))
    return int(died[3] != 0)


if __name__ == "__main__":
    sys.exit(main())
