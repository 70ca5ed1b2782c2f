"""What is done once for every process."""

from __future__ import annotations

import gc
import platform
import re
import socket
import subprocess
import sys

import pytest

from pages.ui import server
from tests.conftest import ROOT


def test_connections_do_not_wait_for_acknowledgements_also_those_that_come_later() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as earlier:
            assert not earlier.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            server.settle.__wrapped__()
            assert earlier.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as later:
            assert later.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_what_has_been_imported_is_left_out_of_the_collectors_rounds() -> None:
    server.settle.__wrapped__()
    assert gc.get_freeze_count() > 50_000
    gc.unfreeze()


def test_many_threads_share_two_groups_of_memory() -> None:
    code = (
        "import ctypes, re, threading\n"
        "from pages.ui import server\n"
        "server.settle()\n"
        "held = threading.Barrier(13)\n"
        "work = lambda: (bytes(200_000), bytearray(3_000), held.wait())\n"
        "threads = [threading.Thread(target=work) for _ in range(12)]\n"
        "[t.start() for t in threads], held.wait(), [t.join() for t in threads]\n"
        "ctypes.CDLL(None).malloc_info(0, ctypes.c_void_p.in_dll(ctypes.CDLL(None), 'stdout'))\n"
    )
    if sys.platform != "linux" or platform.libc_ver()[0] != "glibc":
        pytest.skip("another C library")
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert 1 <= len(re.findall(r"<heap nr=", said.stdout)) <= 2
