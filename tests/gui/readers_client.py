"""What a screen reader asks a program over its bus (AT-SPI), in plain Python."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, MatchRule, MessageType, Properties, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

ROOT = "/org/a11y/atspi/accessible/root"
REGISTRY = "org.a11y.atspi.Registry"
ACCESSIBLE = "org.a11y.atspi.Accessible"
VALUE = "org.a11y.atspi.Value"
CHECKED_STATE = 4
"""Number of the bit of what is checked (``ATSPI_STATE_CHECKED``)."""

_SECONDS = 10
_LEFT_OUT = frozenset({"combo box", "menu bar", "table"})
"""With very many children."""


@dataclass(frozen=True)
class Thing:
    """One thing in the program's tree."""

    bus: str
    path: str
    role: str
    name: str


class Reader:
    """A connection to the bus of screen readers."""

    def __init__(self, session_address: str) -> None:
        with open_dbus_connection(session_address) as session:
            bus = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            (address,) = session.send_and_get_reply(new_method_call(bus, "GetAddress")).body
        self._connection: DBusConnection = open_dbus_connection(address)

    def close(self) -> None:
        self._connection.close()

    def program(self) -> tuple[str, str]:
        """Bus name and root of the only program, once it is there."""
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            (programs,) = self._call(REGISTRY, ROOT, ACCESSIBLE, "GetChildren")
            if programs:
                return tuple(programs[0])
            time.sleep(0.05)
        raise AssertionError("no program has come")

    def things(self, bus: str, path: str) -> Iterator[Thing]:
        """A thing and all that is in it."""
        (role,) = self._call(bus, path, ACCESSIBLE, "GetRoleName")
        yield Thing(bus, path, role, self.property(bus, path, ACCESSIBLE, "Name"))
        if role not in _LEFT_OUT:
            (children,) = self._call(bus, path, ACCESSIBLE, "GetChildren")
            for child_bus, child_path in children:
                yield from self.things(child_bus, child_path)

    def is_checked(self, thing: Thing) -> bool:
        ((low, _high),) = self._call(thing.bus, thing.path, ACCESSIBLE, "GetState")
        return bool(low >> CHECKED_STATE & 1)

    def value(self, thing: Thing) -> float:
        return float(self.property(thing.bus, thing.path, VALUE, "CurrentValue"))

    def set_value(self, thing: Thing, value: float) -> None:
        address = DBusAddress(thing.path, thing.bus, VALUE)
        self._reply(Properties(address).set("CurrentValue", "d", value))

    def act(self, thing: Thing) -> None:
        """Do the first thing that can be done with it."""
        self._call(thing.bus, thing.path, "org.a11y.atspi.Action", "DoAction", "i", (0,))

    def listen_to_announcements(self) -> None:
        rule = MatchRule(
            type="signal", interface="org.a11y.atspi.Event.Object", member="Announcement"
        )
        self._reply(message_bus.AddMatch(rule))
        self._call(
            REGISTRY, "/org/a11y/atspi/registry", REGISTRY, "RegisterEvent",
            "s", ("object:announcement",),
        )  # fmt: skip

    def next_announcement(self) -> str:
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            message = self._connection.receive(timeout=_SECONDS)
            if message.header.message_type is MessageType.signal:
                _, _, _, (_, text), *_ = message.body
                return str(text)
        raise AssertionError("nothing was announced")

    def property(self, bus: str, path: str, interface: str, name: str) -> Any:
        return self._reply(Properties(DBusAddress(path, bus, interface)).get(name))[0][1]

    def _call(
        self, bus: str, path: str, interface: str, method: str, kinds: str = "", values: Any = ()
    ) -> Any:
        address = DBusAddress(path, bus, interface)
        return self._reply(new_method_call(address, method, kinds or None, values))

    def _reply(self, message: Any) -> Any:
        reply = self._connection.send_and_get_reply(message, timeout=_SECONDS)
        assert reply.header.message_type is MessageType.method_return, reply.body
        return reply.body
