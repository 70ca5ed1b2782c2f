"""What is done once for every process."""

from __future__ import annotations

import gc
import socket

from pages.ui import server


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
