"""A reader without a browser: Streamlit's own protocol over a WebSocket, as its frontend speaks it."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

KINDS = ("slider", "number_input", "checkbox", "radio", "selectbox", "button_group", "button")


@dataclass
class Reader:
    """One visitor.

    Parameters
    ----------
    address : str
        Of the server, ``http://…``.
    page : str
        Stem of a page; ``"home"`` (or anything on a server without pages) is the main script.
    seed : int
        Decides which control is moved next and where to.
    """

    address: str
    page: str
    seed: int
    headers: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    received: int = 0  # bytes
    widgets: dict[str, tuple[str, Any]] = field(default_factory=dict)  # key -> (kind, element)
    fragments: dict[str, str] = field(default_factory=dict)  # widget id -> the fragment that answers to it
    states: dict[str, WidgetState] = field(default_factory=dict)  # id -> what was last set there
    query: str = ""

    async def connect(self) -> None:
        """Open the connection."""
        self.random = random.Random(self.seed)
        self.socket = await websockets.connect(
            self.address.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers=self.headers,
            max_size=None,
            open_timeout=60,
            ping_interval=None,
            compression=None,
        )

    async def open(self, page: str | None = None, **params: object) -> float:
        """Ask for a page; give the seconds until all of it is there."""
        self.page = page or self.page
        self.query = urlencode({"lang": "ko", **params})
        self.states, self.widgets, self.fragments = {}, {}, {}
        return await self.run()

    async def run(self, *states: WidgetState, fragment: str = "", since: float | None = None) -> float:
        """Send everything set so far, and `states` that are true once; give the seconds to the end of the answer.

        As in a browser, a control inside a fragment asks for that fragment alone.
        """
        message = BackMsg()
        client = message.rerun_script
        client.query_string = self.query
        client.page_name = "" if self.page == "home" else self.page
        client.fragment_id = fragment
        client.widget_states.widgets.extend([*self.states.values(), *states])
        client.context_info.locale = "ko-KR"
        client.context_info.timezone = "Asia/Seoul"
        client.context_info.url = f"{self.address}/{client.page_name}"
        start = time.perf_counter() if since is None else since
        await self.socket.send(message.SerializeToString())
        try:
            await self.finished(10 if fragment else 300)
        except TimeoutError:
            if not fragment:
                raise
            # The page has dropped that fragment since, and Streamlit is silent; a browser would not have shown it.
            self.fragments.clear()
            return await self.run(*states, since=since)
        return time.perf_counter() - start

    async def finished(self, patience: float = 300) -> None:
        """Read until the script has run to its end; give up after so many seconds of silence."""
        while True:
            data = await asyncio.wait_for(self.socket.recv(), patience)
            self.received += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._element(message.delta.new_element, message.delta.fragment_id)
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "session_event" and message.session_event.HasField("script_compilation_exception"):
                self.faults.append(str(message.session_event))
            elif kind == "script_finished" and message.script_finished in (
                ForwardMsg.FINISHED_SUCCESSFULLY,
                ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
                ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
            ):
                return

    def _element(self, element: Any, fragment: str) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.faults.append(f"{self.page}: {element.exception.type} {element.exception.message}")
        elif kind in KINDS:
            proto = getattr(element, kind)
            key = proto.id.split("-", 2)[-1]
            if not getattr(proto, "disabled", False):
                self.widgets[key] = (kind, proto)
                self.fragments[proto.id] = fragment

    def controls(self) -> list[str]:
        """Give the keys of the controls that take a value, without the language and the presenter's own."""
        own = [
            key
            for key, (kind, _) in self.widgets.items()
            if kind != "button" and key.startswith(f"{self.page}_")
        ]
        return own or [key for key, (kind, _) in self.widgets.items() if kind == "slider"]

    async def move(self, since: float | None = None) -> float:
        """Move a control to another value; give the seconds to the end of the answer."""
        controls = self.controls()
        if not controls:
            return await self.run(since=since)
        key = self.random.choice(controls)
        kind, proto = self.widgets[key]
        state = WidgetState(id=proto.id)
        if kind == "slider" and proto.options:
            state.string_array_value.data[:] = [
                self.random.choice(list(proto.options)) for _ in proto.default
            ]
        elif kind == "slider":
            steps = int((proto.max - proto.min) / proto.step)
            ends = sorted(proto.min + proto.step * self.random.randint(0, steps) for _ in proto.default)
            state.double_array_value.data[:] = ends
        elif kind == "number_input":
            low = proto.min if proto.has_min else proto.default - 10
            high = min(proto.max, low + 40 * proto.step) if proto.has_max else proto.default + 10
            number = low + proto.step * self.random.randint(0, max(0, int((high - low) / proto.step)))
            if proto.data_type == proto.INT:
                state.int_value = int(number)
            else:
                state.double_value = number
        elif kind == "checkbox":
            before = self.states.get(proto.id)
            state.bool_value = not (before.bool_value if before else proto.default)
        elif kind in ("radio", "selectbox"):
            state.string_value = self.random.choice(list(proto.options))
        else:
            state.string_array_value.data[:] = [
                self.random.choice([option.content for option in proto.options])
            ]
        self.states[proto.id] = state
        return await self.run(fragment=self.fragments.get(proto.id, ""), since=since)

    async def click(self, key: str) -> float:
        """Click a button, for the whole page to hear; give the seconds to the end of the answer."""
        widget = self.widgets[key][1].id
        return await self.run(WidgetState(id=widget, trigger_value=True))

    async def close(self) -> None:
        """Close the tab."""
        await self.socket.close()
