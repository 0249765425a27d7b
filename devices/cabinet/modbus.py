"""Modbus RTU (serial) and Modbus TCP, through pymodbus: the registers of one look.

An RTU answer bears no number. One that comes after its time would be taken for the answer to the next
question, and a slot's weight for a temperature: pymodbus 3.16 does so, tried. So after every fault
the line is closed and left alone until a late answer has passed, the answer's length is checked, and
nothing of a look is used unless all of it was answered.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from devices.cabinet import profile as profiles
from devices.cabinet.driver import Unanswered
from devices.cabinet.look import Look
from devices.cabinet.profile import Profile
from devices.cabinet.settings import Settings
from devices.gateway.table import Table
from ledger.errors import UnavailableError

try:
    from pymodbus.client import ModbusSerialClient, ModbusTcpClient
    from pymodbus.exceptions import ModbusException
except ImportError as error:
    raise UnavailableError(
        "Modbus needs pymodbus and pyserial: pip install 'mealtrace[devices]'", reason=str(error)
    ) from error

#: It writes whole frames to the log at every fault; what there is to say is in `status()`.
logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)

_EXCEPTIONS: Final = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledge",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target did not respond",
}
"""Modbus Application Protocol V1.1b3 §7."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a cabinet is.

    Attributes:
        transport: `modbus-tcp` or `modbus-rtu`.
        host: of TCP.
        port: of TCP.
        line: device file of the serial line.
        baud: its rate.
        parity: N, E or O.
        stop_bits: 1 or 2.
        unit: the cabinet's address on the line.
        timeout_s: for one answer.
    """

    transport: str
    host: str = ""
    port: int = 502
    line: str = ""
    baud: int = 9_600
    parity: str = "N"
    stop_bits: int = 1
    unit: int = 1
    timeout_s: float = 1.0


class ModbusLine:
    """A `Line` to one cabinet."""

    def __init__(
        self,
        address: Address,
        profile: Profile,
        slots: tuple[str, ...],
        *,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is opened before the first look."""
        self._address = address
        self._profile = profile
        self._slots = slots
        self._wait = wait
        self._client: Any = None
        self._faulty = False

    def look(self) -> Look:
        """Read all registers of the map."""
        registers: dict[int, int] = {}
        try:
            client = self._open()
            for first, count in profiles.plan(self._profile, len(self._slots)):
                registers.update(enumerate(self._read(client, first, count), start=first))
        except Unanswered:
            self._fail()
            raise
        except (ModbusException, OSError) as error:
            self._fail()
            raise Unanswered(f"no answer from {self._where}: {error}") from error
        return profiles.decode(self._profile, registers, self._slots)

    def close(self) -> None:
        """Let go of the line."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _open(self) -> Any:
        if self._client is not None:
            return self._client
        at = self._address
        if at.transport == "modbus-tcp":
            client = ModbusTcpClient(at.host, port=at.port, timeout=at.timeout_s, retries=0)
        else:
            if self._faulty:
                self._wait(at.timeout_s)
            client = ModbusSerialClient(
                at.line, baudrate=at.baud, parity=at.parity, stopbits=at.stop_bits,
                timeout=at.timeout_s, retries=0,
            )  # fmt: skip
        if not client.connect():
            client.close()
            raise Unanswered(f"{self._where} cannot be opened")
        self._client, self._faulty = client, False
        return client

    def _read(self, client: Any, first: int, count: int) -> list[int]:
        answer = client.read_holding_registers(first, count=count, device_id=self._address.unit)
        if answer.isError():
            code = getattr(answer, "exception_code", 0)
            what = _EXCEPTIONS.get(code, "unknown")
            raise Unanswered(f"{self._where}: Modbus exception {code} ({what}) at {first}")
        registers: list[int] = answer.registers
        if len(registers) != count:
            raise Unanswered(f"{self._where}: {len(registers)} registers where {count} were asked")
        return registers

    def _fail(self) -> None:
        self._faulty = True
        self.close()

    @property
    def _where(self) -> str:
        at = self._address
        return f"{at.host}:{at.port}" if at.transport == "modbus-tcp" else at.line


def from_table(table: Table, settings: Settings, transport: str) -> ModbusLine:
    """The line of a cabinet's table: its address, and the table `registers`.

    Raises:
        MalformedError: a value that is none.
    """
    unit = table.integer("unit", 1, least=0, most=247)
    timeout_s = table.number("timeout_s", 1.0, least=0.05, most=30)
    if transport == "modbus-tcp":
        address = Address(
            transport,
            host=table.text("host"),
            port=table.integer("port", 502, least=1, most=65_535),
            unit=unit,
            timeout_s=timeout_s,
        )
    else:
        address = Address(
            transport,
            line=table.text("port"),
            baud=table.integer("baud", 9_600, least=300, most=921_600),
            parity=table.text("parity", "N", pattern="[NEO]"),
            stop_bits=table.integer("stop_bits", 1, least=1, most=2),
            unit=unit,
            timeout_s=timeout_s,
        )
    return ModbusLine(address, profiles.from_table(table.table("registers")), settings.slots)
