"""Community Cloud at its worst: 690 MB and a tenth of a core.

    python tests/benchmarks/cloud.py [--core 0.1] [--memory 690] [--readers 20]

Limits the server with control groups (version 2 or 1) where this user may make one. Elsewhere it pins the server to
one processor and lets it run for a tenth of every 100 ms with SIGSTOP and SIGCONT, which is what the kernel's
quota does from outside; memory is then only measured. The first line of the output says which.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from client import Reader
from harness import PAGES, Server, healthy, serve, table

GROUPS = Path("/sys/fs/cgroup")


def _groups(core: float, memory: int) -> dict[Path, dict[str, str]]:
    """Give the control groups to make and what to write into each; none where there are no control groups."""
    name, period, size = f"reglab-{os.getpid()}", 100_000, str(memory * 2**20)
    quota = int(core * period)
    if (GROUPS / "cgroup.controllers").exists():  # version 2
        return {GROUPS / name: {"cpu.max": f"{quota} {period}", "memory.max": size}}
    if (GROUPS / "cpu" / "cpu.cfs_quota_us").exists() and (GROUPS / "memory").exists():  # version 1
        return {
            GROUPS / "cpu" / name: {"cpu.cfs_period_us": str(period), "cpu.cfs_quota_us": str(quota)},
            GROUPS / "memory" / name: {"memory.limit_in_bytes": size},
        }
    return {}


@contextmanager
def limited(core: float, memory: int) -> Iterator[tuple[str, Server]]:
    """Serve the app within the limits; say by which means."""
    groups = _groups(core, memory)
    made: list[Path] = []
    try:
        for group, limits in groups.items():
            group.mkdir()
            made.append(group)
            for file, value in limits.items():
                (group / file).write_text(value)
    except OSError:
        _remove(made)
        made = []
    if made:
        enter = "; ".join(f"echo $$ > {group}/cgroup.procs" for group in made)
        try:
            with serve(before=("sh", "-c", f'{enter}; exec "$@"', "sh"), wait=False) as server:
                kind = "version 2" if len(made) == 1 else "version 1"
                yield f"control group {kind}: {core:g} core, {memory} MB", server
        finally:
            _remove(made)
        return
    taskset = shutil.which("taskset")
    with serve(before=(taskset, "-c", "0") if taskset else (), wait=False) as server:
        stop = threading.Event()
        worker = threading.Thread(target=_quota, args=(server.process.pid, core, stop))
        worker.start()
        try:
            yield (
                f"SIGSTOP and SIGCONT at {core:g} core, no control groups here: memory is only measured",
                server,
            )
        finally:
            stop.set()
            worker.join()


def _remove(groups: list[Path]) -> None:
    time.sleep(0.5)  # until the kernel has let the last process go
    for group in groups:
        with suppress(OSError):
            group.rmdir()


def _quota(pid: int, core: float, stop: threading.Event) -> None:
    """Let a process use `core` of a processor: once it has had its share of a period, it waits for the next."""
    tick = os.sysconf("SC_CLK_TCK")

    def used() -> float:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / tick

    with suppress(ProcessLookupError, FileNotFoundError):
        start, before = time.perf_counter(), used()
        while not stop.is_set():
            allowed = core * (time.perf_counter() - start) + 0.02
            if used() - before > allowed:
                os.kill(pid, signal.SIGSTOP)
                time.sleep(0.05)
                continue
            if time.perf_counter() - start > 5:  # what was not used is not saved up
                start, before = time.perf_counter(), used() - max(0.0, used() - before - core * 5)
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.01)
        os.kill(pid, signal.SIGCONT)


async def visit(server: Server, readers: int) -> list[list[object]]:
    """Open every page for the first and the second time, move a control, train, and let a class in."""
    rows: list[list[object]] = [["idle", "–", "–", "–", f"{server.memory:.0f}"]]
    for page in PAGES:
        reader = Reader(server.address, page, 1)
        await reader.connect()
        first = await reader.open()
        moves = [await reader.move() for _ in range(3)]
        again = await reader.open()
        rows.append([page, f"{first:.1f}", f"{again:.1f}", f"{sorted(moves)[1]:.1f}", f"{server.memory:.0f}"])
        print("  ", rows[-1], flush=True)
        if page == "training" and "training_train" in reader.widgets:
            race = await reader.click("training_train")
            rows.append(["the default race, again", f"{race:.1f}", "–", "–", f"{server.memory:.0f}"])
            print("  ", rows[-1], flush=True)
        faults = reader.faults
        await reader.close()
        assert not faults, faults
    people = [Reader(server.address, PAGES[i % len(PAGES)], i) for i in range(readers)]
    start = time.perf_counter()
    for reader in people:
        await reader.connect()
        await reader.open()
    taken = time.perf_counter() - start
    rows.append([f"{readers} readers, one by one", f"{taken:.1f}", "–", "–", f"{server.memory:.0f}"])
    for reader in people:
        await reader.close()
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--core", type=float, default=0.1)
    parser.add_argument("--memory", type=int, default=690)
    parser.add_argument("--readers", type=int, default=20)
    args = parser.parse_args()
    with limited(args.core, args.memory) as (how, server):
        print(how, flush=True)
        print(f"cold start: {healthy(server, 600):.1f} s", flush=True)
        rows = asyncio.run(visit(server, args.readers))
        print("\n" + table(["what", "first s", "again s", "a move s", "server MB"], rows))
        print(f"highest memory: {server.peak_memory:.0f} MB")
        return int(server.peak_memory > 500)


if __name__ == "__main__":
    sys.exit(main())
