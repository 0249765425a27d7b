"""The demo's sample cabinets: two emulated ones, asked over Modbus by the gateway.

emulated cabinet → Modbus TCP, Modbus RTU on a serial line → temperatures, second by second → signed batch
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from api.demo import cast
from api.demo.ports import free_port
from devices.emulators.cabinet_modbus import ModbusCabinet, joined_lines
from devices.emulators.cabinet_state import CabinetState

READINGS: Final = 5
_SLOTS: Final = ("A1", "A2", "A3")


@contextmanager
def emulated() -> Iterator[str]:
    """Both, while the block runs; their tables of gateway.toml."""
    port = free_port()
    slots = ", ".join(f'"{name}"' for name in _SLOTS)
    with (
        joined_lines() as (theirs, ours),
        ModbusCabinet(CabinetState(_SLOTS)).tcp(port),
        ModbusCabinet(CabinetState(_SLOTS, base_mC=4_600)).rtu(theirs),
    ):
        lines = (
            f'transport = "modbus-tcp"\nhost = "127.0.0.1"\nport = {port}\n',
            f'transport = "modbus-rtu"\nport = "{ours}"\n',
        )
        yield "\n".join(
            f'[[cabinet]]\ndevice = "{cabinet}"\ncanteen = "{cast.CANTEEN}"\n'
            f"slots = [{slots}]\n{line}"
            f"poll_s = 0.5\ninterval_s = 1\nbatch_readings = {READINGS}\n"
            for cabinet, line in zip(cast.CABINETS, lines, strict=True)
        )
