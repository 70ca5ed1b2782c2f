"""Classes of readers over real WebSocket connections, on mixed pages, against one server on two cores.

    python tests/benchmarks/load.py [cost baseline class school training limit] [--seconds 30] [--warm 0] [--base URL]

cost      one reader on each page in turn: processor time per answer and what is sent
class     50 readers, each moving a control every second (p95 at most 250 ms)
school    200 readers, every four seconds (p95 at most 500 ms)
training  10 readers training a race at once, beside 20 others who move a control every two seconds
limit     more and more readers, every four seconds, until p95 passes a second
baseline  50 readers every four seconds on the slider-and-one-chart page with Streamlit's own settings

Each reader moves at fixed times from a random start, and an answer counts from the time at which it was due: if
the server falls behind, waiting counts. The clients share the two cores with the server. With ``--warm 20`` the first
20 seconds, in which a server just started imports scikit-learn and fills its caches, do not count.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field

from client import Reader
from harness import PAGES, Server, percentile, serve, table

HEAD = ["what", "readers", "every s", "answers", "median ms", "p95 ms", "slowest ms", "CPU ms per answer",
        "MB per reader", "server MB", "cores busy", "faults"]  # fmt: skip


@dataclass
class Tally:
    """What came of one crowd."""

    times: list[float] = field(default_factory=list)
    by_page: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)


async def crowd(
    address: str,
    readers: int,
    every: float,
    seconds: float,
    pages: tuple[str, ...],
    server: Server | None,
    warm: float = 0.0,
) -> tuple[Tally, float, float, float]:
    """Let readers in, wait until all have their page, and let them move; give tally, CPU, memory and time."""
    tally = Tally()
    before = server.memory if server else 0.0
    people = [Reader(address, pages[i % len(pages)], i) for i in range(readers)]
    door = asyncio.Semaphore(4)

    async def enter(reader: Reader) -> None:
        async with door:
            await reader.connect()
            await reader.open()

    await asyncio.gather(*(enter(reader) for reader in people))
    memory = (server.memory - before) / readers if server else 0.0
    await asyncio.gather(*(people[i].move() for i in range(min(readers, 2 * len(pages)))))
    start = time.perf_counter() + warm
    cpu = 0.0

    async def note_cpu() -> None:
        nonlocal cpu
        await asyncio.sleep(warm)
        cpu = server.cpu if server else 0.0

    noted = asyncio.create_task(note_cpu())

    async def stay(reader: Reader) -> None:
        due = start - warm + random.Random(reader.seed).random() * every
        while due < start + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            took = await reader.move(since=due)
            if due >= start:
                tally.times.append(took * 1000)
                tally.by_page[reader.page].append(took * 1000)
            due += every

    results = await asyncio.gather(*(stay(reader) for reader in people), return_exceptions=True)
    await noted
    spent, used = time.perf_counter() - start, (server.cpu if server else 0.0) - cpu
    tally.faults += [repr(result) for result in results if result is not None]
    tally.faults += [fault for reader in people for fault in reader.faults]
    await asyncio.gather(*(reader.close() for reader in people), return_exceptions=True)
    return tally, used, memory, spent


def row(
    what: str, readers: int, every: float, result: tuple[Tally, float, float, float], server: Server | None
) -> list[object]:
    """Make a line of the table."""
    tally, used, memory, spent = result
    ms = tally.times
    return [
        what, readers, f"{every:g}", len(ms), f"{percentile(ms, 0.5):.0f}", f"{percentile(ms, 0.95):.0f}",
        f"{max(ms):.0f}", f"{1000 * used / len(ms):.1f}", f"{memory:.2f}",
        f"{server.memory:.0f}" if server else "", f"{used / spent:.2f}", len(tally.faults),
    ]  # fmt: skip


def told(result: tuple[Tally, float, float, float]) -> None:
    """Say how the pages differ, and what went wrong."""
    tally = result[0]
    for page, times in sorted(tally.by_page.items()):
        print(
            f"    {page:12} median {percentile(times, 0.5):6.0f}  p95 {percentile(times, 0.95):6.0f} ms",
            flush=True,
        )
    for fault in sorted(set(tally.faults))[:5]:
        print("    FAULT", fault[:300])


async def train_beside(
    address: str, trainers: int, others: int, every: float, server: Server | None
) -> list[list[object]]:
    """Let some readers train, again and again, while others move controls."""
    athletes = [Reader(address, "training", 1000 + i) for i in range(trainers)]
    runs: list[float] = []
    for i, reader in enumerate(athletes):
        await reader.connect()
        await reader.open(training_seed=i + 1, training_epochs=300)
    stop = asyncio.Event()

    async def train(reader: Reader) -> None:
        while not stop.is_set():
            start = time.perf_counter()
            await reader.click("training_train")
            runs.append((time.perf_counter() - start) * 1000)

    work = [asyncio.create_task(train(reader)) for reader in athletes]
    pages = tuple(page for page in PAGES if page != "training")
    result = await crowd(address, others, every, 30, pages, server)
    stop.set()
    done = await asyncio.gather(*work, return_exceptions=True)
    result[0].faults.extend(repr(d) for d in done if d is not None)
    result[0].faults.extend(fault for reader in athletes for fault in reader.faults)
    told(result)
    lines = [row(f"{others} beside {trainers} training", others, every, result, server)]
    if runs:
        lines.append(
            ["their races of 300 epochs", trainers, "–", len(runs), f"{percentile(runs, 0.5):.0f}",
             f"{percentile(runs, 0.95):.0f}", f"{max(runs):.0f}", "–", "–", "–", "–", "–"]
        )  # fmt: skip
    for reader in athletes:
        await reader.close()
    return lines


async def costs(server: Server, moves: int = 60) -> list[list[object]]:
    """Move the controls of each page in turn, alone; the first moves, which import and fill caches, do not count."""
    lines: list[list[object]] = []
    for page in PAGES:
        reader = Reader(server.address, page, 1)
        await reader.connect()
        await reader.open()
        for _ in range(moves):
            await reader.move()
        cpu, received = server.cpu, reader.received
        times = [await reader.move() * 1000 for _ in range(moves)]
        sent = (reader.received - received) / moves / 1024
        lines.append(
            [page, f"{1000 * (server.cpu - cpu) / moves:.1f}", f"{percentile(times, 0.5):.0f}",
             f"{percentile(times, 0.95):.0f}", f"{sent:.0f}", f"{server.memory:.0f}", len(reader.faults)]
        )  # fmt: skip
        print("  ", lines[-1], flush=True)
        await reader.close()
    return lines


async def main(args: argparse.Namespace) -> int:
    rows: list[list[object]] = []
    fell_short = 0
    sizes = {"class": (50, 1.0, 250), "school": (200, 4.0, 500)}
    for what in args.what:
        kind = "baseline" if what == "baseline" else "reglab"
        with serve(kind) as started:
            server = None if args.base else started
            address = args.base or started.address
            pages = ("home",) if what == "baseline" else PAGES
            if what == "cost":
                head = [
                    "page",
                    "CPU ms per answer",
                    "median ms",
                    "p95 ms",
                    "KB per answer",
                    "server MB",
                    "faults",
                ]
                print("\n" + table(head, await costs(started)) + "\n")
                continue
            if what in sizes:
                readers, every, allowed = sizes[what]
                result = await crowd(address, readers, every, args.seconds, pages, server, args.warm)
                rows.append(row(what, readers, every, result, server))
                told(result)
                fell_short += percentile(result[0].times, 0.95) > allowed or bool(result[0].faults)
            elif what == "baseline":
                result = await crowd(address, 50, 4.0, args.seconds, pages, server)
                rows.append(row(what, 50, 4.0, result, server))
            elif what == "training":
                rows += await train_beside(address, 10, 20, 2.0, server)
            elif what == "limit":
                for readers in (50, 100, 150, 200, 300, 400, 600, 800):
                    result = await crowd(address, readers, 4.0, 20, pages, server, args.warm)
                    rows.append(row(what, readers, 4.0, result, server))
                    print("  ", rows[-1], flush=True)
                    if percentile(result[0].times, 0.95) > 1000:
                        break
        print("  ", rows[-1], flush=True)
    if rows:
        print("\n" + table(HEAD, rows))
    return int(fell_short > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "what", nargs="*", default=["cost", "baseline", "class", "school", "training", "limit"]
    )
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--warm", type=float, default=0.0, help="seconds before the measurement")
    parser.add_argument("--base", help="address of a running server (then its CPU and memory are not known)")
    sys.exit(asyncio.run(main(parser.parse_args())))
