"""The emulated cabinet as a Modbus server, TCP or RTU, with the registers of our own profile.

RTU needs two ends of a line: two pseudo-terminals are joined here, the server has one, whoever wants
to read the cabinet opens the other.
"""

import asyncio
import contextlib
import logging
import os
import pty
import select
import threading
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from devices.cabinet.profile import NO_TEMPERATURE, Profile, encode_text
from devices.emulators.cabinet_state import CabinetState
from ledger.errors import UnavailableError

try:
    from pymodbus.constants import ExcCodes
    from pymodbus.framer import FramerType
    from pymodbus.server import ModbusSerialServer, ModbusTcpServer
    from pymodbus.simulator import DataType, SimData, SimDevice
except ImportError as error:
    raise UnavailableError(
        "the emulator needs pymodbus and pyserial: pip install 'mealtrace[devices]'",
        reason=str(error),
    ) from error

logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)
_STARTS_WITHIN_S = 10.0


class ModbusCabinet:
    """Serves one cabinet in a thread, until it is closed."""

    def __init__(
        self, cabinet: CabinetState, *, unit: int = 1, profile: Profile | None = None
    ) -> None:
        """Nothing is served before `tcp` or `rtu`."""
        self._cabinet = cabinet
        self._unit = unit
        self._profile = profile or Profile()
        self._loop = asyncio.new_event_loop()
        self._server: Any = None

    @contextlib.contextmanager
    def tcp(self, port: int, host: str = "127.0.0.1") -> Iterator[None]:
        """Serve Modbus TCP on a port."""
        with self._serving(
            lambda: ModbusTcpServer(
                self._device(), address=(host, port), trace_packet=self._pass_on
            )
        ):
            yield

    @contextlib.contextmanager
    def rtu(self, line: str, baud: int = 9_600) -> Iterator[None]:
        """Serve Modbus RTU on a serial line."""
        with self._serving(
            lambda: ModbusSerialServer(
                self._device(),
                framer=FramerType.RTU,
                port=line,
                baudrate=baud,
                trace_packet=self._pass_on,
            )
        ):
            yield

    @contextlib.contextmanager
    def _serving(self, make: Any) -> Iterator[None]:
        ready = threading.Event()
        failed: list[BaseException] = []

        async def serve() -> None:
            try:
                self._server = make()
                await self._server.serve_forever(background=True)
            except BaseException as error:  # noqa: BLE001 - told to whoever waits
                failed.append(error)
            ready.set()

        def run() -> None:
            self._loop.run_until_complete(serve())
            if not failed:
                self._loop.run_forever()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        ready.wait(_STARTS_WITHIN_S)
        if failed:
            raise UnavailableError("the Modbus server did not start", reason=str(failed[0]))
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(self._server.shutdown(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(10)
            self._loop.close()

    def _device(self) -> SimDevice:
        last = self._profile.slots + len(self._cabinet.names) * self._profile.slot_stride
        blocks = [
            SimData(0, count=max(last, 20), values=0, datatype=DataType.REGISTERS),
        ]
        return SimDevice(self._unit, simdata=blocks, action=self._answer)

    async def _answer(
        self,
        _function: int,
        start: int,
        address: int,
        count: int,
        registers: list[int],
        _values: Any,
    ) -> Any:
        """Before every answer: the registers as they are now, and the faults."""
        faults = self._cabinet.faults
        image = self.image()
        if faults.delay_s:
            await asyncio.sleep(faults.delay_s)
        for register in range(address, address + count):
            registers[register - start] = image.get(register, 0)
        return ExcCodes(faults.exception) if faults.exception else None

    def _pass_on(self, sending: bool, data: bytes) -> bytes:
        """What goes over the wire: nothing, from a cabinet that is silent."""
        return b"" if sending and self._cabinet.faults.silent else data

    def image(self) -> dict[int, int]:
        """The registers as they are now."""
        cabinet, at = self._cabinet, self._profile
        temperature = cabinet.temperature_mC
        image = {
            at.temperature: NO_TEMPERATURE
            if temperature is None
            else (temperature // at.temperature_step_mC) & 0xFFFF,
            at.door: int(cabinet.door_open),
        }
        _write(image, at.operator, encode_text(cabinet.operator, at.operator_registers))
        _write(image, at.firmware, encode_text(cabinet.firmware, at.firmware_registers))
        for number, slot in enumerate(cabinet.contents().values()):
            base = at.slots + number * at.slot_stride
            image[base + at.weight_offset] = slot.weight_g & 0xFFFF
            text = encode_text(slot.label, at.label_registers)
            _write(image, base + at.label_offset, text)
        return image


@contextlib.contextmanager
def joined_lines(link: Path | None = None) -> Iterator[tuple[str, str]]:
    """Two pseudo-terminals joined like the ends of a cable: one for each side.

    `link` is made to point at the second one, in place of an older link.
    """
    ends = [pty.openpty() for _ in range(2)]
    for end in ends:
        for file in end:
            tty.setraw(file)
    ours = [end[0] for end in ends]
    names = os.ttyname(ends[0][1]), os.ttyname(ends[1][1])
    woken, wake = os.pipe()

    def pump() -> None:
        while True:
            for ready in select.select([*ours, woken], [], [])[0]:
                if ready == woken:
                    return
                other = ours[1] if ready == ours[0] else ours[0]
                with contextlib.suppress(OSError):
                    os.write(other, os.read(ready, 4_096))

    thread = threading.Thread(target=pump, daemon=True)
    thread.start()
    if link is not None:
        if link.is_symlink():
            link.unlink()
        link.symlink_to(names[1])
    try:
        yield names
    finally:
        os.write(wake, b"x")
        thread.join(5)
        for file in (*(one for end in ends for one in end), woken, wake):
            with contextlib.suppress(OSError):
                os.close(file)
        if link is not None:
            link.unlink(missing_ok=True)


def _write(image: dict[int, int], first: int, registers: list[int]) -> None:
    image.update(enumerate(registers, start=first))
