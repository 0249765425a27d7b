"""The demo's sample cabinet: an emulated one, asked over Modbus TCP by the gateway.

emulated cabinet → Modbus TCP → temperatures, second by second → signed batch → outbox → service
"""

import socket
import threading
import time
from typing import Final

from api.demo import cast
from api.demo.gateway import Gateway
from devices.cabinet.driver import from_config
from devices.client import Receipt
from devices.emulators.cabinet_modbus import ModbusCabinet
from devices.emulators.cabinet_state import CabinetState
from devices.gateway.clock import ClockWatch
from devices.gateway.driver import Clock, Observation
from devices.gateway.sink import OutboxSink
from devices.local.people import KnownPeople
from ledger.errors import UnavailableError

READINGS: Final = 5
_SLOTS: Final = ("A1", "A2", "A3")
_WITHIN_S: Final = 30.0


class _Noting:
    """The gateway's sink, which notes the batches that it kept."""

    def __init__(self, sink: OutboxSink) -> None:
        self._sink = sink
        self.batches: list[str] = []

    def keep(self, observation: Observation) -> str:
        record_id = self._sink.keep(observation)
        if observation.type == "temperature-log":
            self.batches.append(record_id)
        return record_id

    def next_counter(self, device: str) -> int:
        return self._sink.next_counter(device)

    def clock(self) -> Clock:
        return self._sink.clock()


def logged(gateway: Gateway) -> Receipt:
    """A first batch of the cabinet's temperatures, on record.

    Raises:
        UnavailableError: none came within half a minute.
    """
    folder = gateway.folder.parent / "cabinet"
    folder.mkdir(mode=0o700, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    driver = from_config(
        {
            "device": cast.CABINET, "canteen": cast.CANTEEN, "slots": list(_SLOTS),
            "transport": "modbus-tcp", "host": "127.0.0.1", "port": port,
            "poll_s": 0.5, "interval_s": 1, "batch_readings": READINGS,
            "journal": str(folder / "journal"),
        },
        people=KnownPeople((), 0),
    )  # fmt: skip
    stop = threading.Event()
    with ModbusCabinet(CabinetState(_SLOTS)).tcp(port), gateway.outbox() as outbox:
        sink = _Noting(OutboxSink(outbox, ClockWatch(folder / "clock.json")))
        thread = threading.Thread(target=driver.run, args=(sink, stop), daemon=True)
        thread.start()
        until = time.monotonic() + _WITHIN_S
        while not sink.batches and time.monotonic() < until:
            time.sleep(0.05)
        stop.set()
        thread.join()
    if not sink.batches:
        raise UnavailableError("the sample cabinet gave no temperatures")
    return gateway.send(sink.batches[:1])[sink.batches[0]]
