"""Which driver goes with which table of gateway.toml; imported only where one is configured.

A driver comes as a *factory*: a function that reads its table and gives a `Driver`
(`devices/gateway/driver.py`). Those of this package stand in `KINDS`, one line each. Anybody's own is
named in the table, as an importable module and the function in it:

    [[scale]]
    driver = "acme_scales:driver"
    device = "device:s0001-scale-1"
"""

import importlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devices.gateway.driver import Driver
from devices.gateway.table import Table
from ledger.errors import MalformedError, UnavailableError

KINDS: Final[Mapping[str, str]] = {
    "scale": "devices.scales.driver:driver",
    "cabinet": "devices.cabinet.factory:driver",
    "terminal": "devices.terminal.driver:driver",
    "camera": "devices.vision.driver:driver",
}
"""Name of the tables → module and factory of their driver, where a table names no other."""

EXTRA: Final = frozenset(
    {
        "cv2",
        "numpy",
        "onnxruntime",
        "paho",
        "pymodbus",
        "pypdfium2",
        "rapidocr",
        "segno",
        "serial",
    }
)
"""What the extra `devices` installs, by the names under which it is imported."""


def now_ms() -> int:
    """Milliseconds since 1970 by this machine's clock."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Site:
    """What a driver may know of where it stands.

    Attributes:
        party: the gateway's, which signs.
        school: whose devices these are.
        folder: the gateway's, for what a driver must remember; its owner's alone.
        beside: where gateway.toml lies, which file names in it are relative to.
        now_ms: the gateway's clock, which every record has its times from.
    """

    party: str
    school: str
    folder: Path
    beside: Path = Path()
    now_ms: Callable[[], int] = now_ms


Factory = Callable[[Table, Site], Driver]
"""Reads every key of its table that it knows, `device` among them; the gateway refuses the others."""


def make(kind: str, table: Table, site: Site) -> Driver:
    """The driver of a table; `counter_from` in it is the gateway's own to read.

    Raises:
        MalformedError: an unknown key or driver, a value that is none, or a package is missing.
    """
    named = table.text("driver", KINDS[kind])
    table.integer("counter_from", 1, least=1)
    try:
        driver = _factory(table, named)(table, site)
    except UnavailableError as error:
        # A module of this package says by itself which of the extra's packages it misses.
        raise MalformedError(f"{table.place}: {error}") from error
    table.end()
    return driver


def _factory(table: Table, named: str) -> Factory:
    module_name, colon, name = named.partition(":")
    if not colon:
        raise table.fault("driver", f"is {named!r}; it is written as module:function")
    try:
        found = getattr(importlib.import_module(module_name), name)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in EXTRA:
            raise MalformedError(
                f"{table.place} needs {package}: pip install 'mealtrace[devices]'"
            ) from error
        raise table.fault("driver", f"{named!r} cannot be imported: {error}") from error
    except AttributeError as error:
        raise table.fault("driver", f"{named!r} does not exist") from error
    factory: Factory = found
    return factory
