"""Twenty thousand interactions across all pages: does memory stay flat after warm-up, are the caches bounded?

    python tests/benchmarks/soak.py [--interactions 20000] [--readers 8] [--warm 0.4]

Readers move controls, change pages, click buttons, close their tab and come back. Memory is read at every
hundredth of the way; drift is the fitted slope over the part after warm-up, as a share of the memory there.
Streamlit keeps a visit that has ended for two minutes, in case its reader comes back: warm-up must last longer.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time

import numpy as np
from client import Reader
from harness import PAGES, percentile, serve, table


async def soak(args: argparse.Namespace) -> int:
    with serve() as server:
        done, times, faults, memory = 0, [], [], []
        start = time.perf_counter()

        async def live(seed: int) -> None:
            nonlocal done
            dice = random.Random(seed)
            while done < args.interactions:
                reader = Reader(server.address, dice.choice(PAGES), dice.randrange(10**9))
                await reader.connect()
                await reader.open()
                for _ in range(dice.randrange(20, 120)):
                    luck = dice.random()
                    buttons = [key for key, (kind, _) in reader.widgets.items() if kind == "button"]
                    if luck < 0.04:
                        took = await reader.open(dice.choice(PAGES))
                    elif luck < 0.06 and buttons:
                        took = await reader.click(dice.choice(buttons))
                    else:
                        took = await reader.move()
                    times.append(took * 1000)
                    done += 1
                    if done % max(1, args.interactions // 100) == 0:
                        memory.append((done, server.memory))
                        print(f"  {done:6} {server.memory:6.0f} MB", flush=True)
                    if done >= args.interactions:
                        break
                faults.extend(reader.faults)
                await reader.close()

        ends = await asyncio.gather(*(live(seed) for seed in range(args.readers)), return_exceptions=True)
        faults += [repr(end) for end in ends if end is not None]
        warm = [(n, mb) for n, mb in memory if n >= args.warm * args.interactions]
        n, mb = np.array(warm, float).T
        slope = np.polyfit(n, mb, 1)[0]
        drift = slope * (n[-1] - n[0]) / mb[: max(1, len(mb) // 10)].mean()
        rows = [
            ["interactions", done], ["seconds", f"{time.perf_counter() - start:.0f}"], ["faults", len(faults)],
            ["median ms", f"{percentile(times, 0.5):.0f}"], ["p95 ms", f"{percentile(times, 0.95):.0f}"],
            [f"MB after {args.warm:.0%}", f"{mb[0]:.0f}"], ["MB at the end", f"{mb[-1]:.0f}"],
            ["highest MB", f"{server.peak_memory:.0f}"], ["drift after warm-up", f"{drift:+.1%}"],
        ]  # fmt: skip
        print("\n" + table(["", "value"], rows))
        for fault in sorted(set(faults))[:8]:
            print("FAULT", fault[:300])
        return int(drift > 0.05 or bool(faults))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--interactions", type=int, default=20_000)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--warm", type=float, default=0.4)
    sys.exit(asyncio.run(soak(parser.parse_args())))
