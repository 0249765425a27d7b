"""One file for each vendor's way of posting; those of this package are modules here.

A vendor's own is one file elsewhere, a class of the same members, named as `module:Class`
(docs/devices/terminal.md). A dialect has:

    NAME      what the configuration calls it
    ROUTES    path → what comes there: `check`, `heartbeat`, `staff` or `sign-off`
    read      (fields, images, zone) → Check
    accepted, refused, staff   what is answered, as an object that is sent as JSON
"""

import importlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from devices.local.people import Member
from devices.terminal.check import Check
from devices.terminal.dialects import canteen_checker, mealtrace
from ledger.errors import MalformedError


@runtime_checkable
class Dialect(Protocol):
    """What a module of this folder offers, and a vendor's class."""

    NAME: str
    ROUTES: Mapping[str, str]

    def read(self, fields: Mapping[str, Any], images: Mapping[str, bytes], zone: ZoneInfo) -> Check:
        """The check of a request's fields and files.

        Raises:
            MalformedError: something is missing or wrong, named.
        """
        ...

    def accepted(self, record: str | None) -> dict[str, Any]:
        """What is answered once it is on record."""
        ...

    def refused(self, code: str, why: str) -> dict[str, Any]:
        """What is answered else."""
        ...

    def staff(self, members: Sequence[Member]) -> dict[str, Any]:
        """The list of staff with the last days of their certificates."""
        ...


_ALL: tuple[Any, ...] = (canteen_checker, mealtrace)


def named(name: str) -> Dialect:
    """The dialect of a name here, or of a vendor's `module:Class`.

    Raises:
        MalformedError: there is none.
    """
    if ":" in name:
        return _of_vendor(name)
    for dialect in _ALL:
        if name == dialect.NAME:
            found: Dialect = dialect
            return found
    known = ", ".join(dialect.NAME for dialect in _ALL)
    raise MalformedError(f"no dialect {name!r:.40}; there are {known}")


def _of_vendor(name: str) -> Dialect:
    module, _, attribute = name.partition(":")
    try:
        made = getattr(importlib.import_module(module), attribute)()
    except (ImportError, AttributeError, TypeError, ValueError) as missing:
        raise MalformedError(f"dialect {name!r:.80}: {missing}") from missing
    if not isinstance(made, Dialect):
        raise MalformedError(f"{name} lacks members of devices.terminal.dialects.Dialect")
    return made
