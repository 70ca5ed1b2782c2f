"""What the benchmarks share: servers of this app and of the baseline, Chromium, and medians."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
from conftest import FLAGS, Visitor, chromium_path  # noqa: E402

__all__ = ["PAGES", "ROOT", "Server", "Visitor", "chromium", "percentile", "serve", "table"]

PAGES = ("home", *sorted(p.stem for p in (ROOT / "pages").glob("*.py") if p.stem not in ("__init__", "home")))
BASELINE = Path(__file__).with_name("baseline.py")


class Server:
    """A running `streamlit run`, its address and its process."""

    def __init__(self, process: subprocess.Popen[bytes], address: str, started: float) -> None:
        self.process = process
        self.address = address
        self.started = started  # time.perf_counter() at which the command was given

    def _status(self, field: str) -> float:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
        raise KeyError(field)

    @property
    def memory(self) -> float:
        """Resident memory in MB."""
        return self._status("VmRSS")

    @property
    def peak_memory(self) -> float:
        """Highest resident memory so far, in MB."""
        return self._status("VmHWM")

    @property
    def cpu(self) -> float:
        """Processor seconds used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serve(
    what: str = "reglab",
    *,
    port: int | None = None,
    before: Sequence[str] = (),
    environment: dict[str, str] | None = None,
    wait: bool = True,
) -> Iterator[Server]:
    """Serve this app, or with ``what="baseline"`` the yardstick, until the block ends.

    Parameters
    ----------
    port : int, optional
        A free one by default.
    before : sequence of str
        A command to put in front of Python, for example ``("taskset", "-c", "0")``.
    """
    if port is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as elsewhere:
        folder = ROOT
        if what == "baseline":
            folder = Path(elsewhere)
            shutil.copy(BASELINE, folder / "app.py")
        command = [
            *before, sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true",
            "--server.port", str(port), "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false",
        ]  # fmt: skip
        with tempfile.TemporaryFile() as log:
            started = time.perf_counter()
            process = subprocess.Popen(
                command, cwd=folder, stdout=log, stderr=log, env={**os.environ, **(environment or {})}
            )
            server = Server(process, f"http://127.0.0.1:{port}", started)
            try:
                if wait:
                    healthy(server)
                yield server
            finally:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=10)
                process.kill()
                process.wait()


def healthy(server: Server, timeout: float = 120) -> float:
    """Wait until the server answers; give the seconds since its command was given."""
    while time.perf_counter() - server.started < timeout:
        with suppress(OSError):
            urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=2).close()
            return time.perf_counter() - server.started
        time.sleep(0.02)
    raise RuntimeError(f"{server.address} did not answer within {timeout} s")


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the system's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value that `share` of the values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(share * len(ranked) + 0.5) - 1))]


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Write a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
