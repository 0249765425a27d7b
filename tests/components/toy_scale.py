"""A driver of no device at all: it weighs by itself, as fast as its table says, and fails on demand."""

import time
from collections.abc import Mapping

from components.kitchen_floor import weigh_in_payload
from devices.gateway.driver import Attachment, Driver, Observation, Sink, Stop
from devices.gateway.drivers import Site
from devices.gateway.table import Table
from ledger import timestamp
from ledger.canonical import JsonInput

JPEG = b"\xff\xd8\xff\xe0"


class ToyScale:
    """Weighs every `every_s` seconds, `readings` times; its every `fails`-th run fails at once."""

    def __init__(
        self, device: str, *, every_s: float, readings: int, photo_bytes: int, fails: int = 0
    ) -> None:
        self.device = device
        self.runs = 0
        self.kept = 0
        self._every_s = every_s
        self._readings = readings
        self._photo = JPEG + bytes(photo_bytes)
        self._fails = fails

    def run(self, sink: Sink, stop: Stop) -> None:
        self.runs += 1
        if self._fails and self.runs % self._fails == 0:
            raise OSError("the line hums")
        while not stop.is_set():
            if self.kept < self._readings:
                self.weigh(sink)
            stop.wait(self._every_s)

    def weigh(self, sink: Sink) -> None:
        counter = sink.next_counter(self.device)
        clock = sink.clock()
        now_ms = time.time_ns() // 1_000_000
        payload: dict[str, JsonInput] = {
            **weigh_in_payload(counter, self.device),
            "photo_taken_at": timestamp.format(now_ms),
            "clock_state": clock.state,
            "clock_offset_ms": clock.offset_ms,
        }
        photo = self._photo + f"{self.device} {counter}".encode()
        sink.keep(
            Observation(
                self.device,
                "weigh-in",
                payload,
                now_ms,
                files={"photo": [Attachment(photo, "image/jpeg")]},
            )
        )
        self.kept += 1

    def status(self) -> Mapping[str, JsonInput]:
        return {"state": "working", "kept": self.kept}


def driver(table: Table, site: Site) -> Driver:
    """The factory that gateway.toml names: `components.toy_scale:driver`."""
    assert site.folder.is_dir()
    return ToyScale(
        table.subject("device", ("device",)),
        every_s=table.number("every_s", 0.05),
        readings=table.integer("readings", 1 << 30),
        photo_bytes=table.integer("photo_bytes", 20_000),
        fails=table.integer("fails", 0),
    )
