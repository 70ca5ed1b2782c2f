"""What Streamlit's server leaves undone, done once for every process."""

from __future__ import annotations

import gc
import socket
from contextlib import suppress
from functools import lru_cache


@lru_cache(maxsize=1)
def settle() -> None:
    """Let answers leave at once, and take what has been imported so far out of the garbage collector's rounds.

    Streamlit 1.67 binds its socket itself, as one that asyncio does not recognise as TCP and so leaves Nagle's
    algorithm on: the second message of every answer waits for the reader's machine to acknowledge the first, which
    takes it 40 ms. Sockets that are accepted later inherit the option from the one that listens.

    A round of the collector then costs a few milliseconds instead of sixty; and as Python waits until a quarter of
    the heap is new, rounds come before the visits that have ended fill the memory.
    """
    for thing in gc.get_objects():
        if type(thing) is socket.socket and thing.family in (socket.AF_INET, socket.AF_INET6):
            with suppress(OSError):  # closed meanwhile
                thing.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    gc.freeze()
