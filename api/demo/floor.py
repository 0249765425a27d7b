"""The demo's kitchen floor: four scales, two cabinets, a terminal, five cameras, and one gateway program.

    emulated devices ──serial lines, Modbus, HTTP, video files──▶ gateway program ──cable──▶ service

What arrives is held against what was there: every load once and with a photo of it, one alert of a
covered camera with its pictures and film. The first thing that is not so ends the demo.
"""

import importlib.util
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from api.demo import cast
from api.demo.cable import Cable
from api.demo.gateway import Gateway, Record
from api.demo.ports import free_port
from devices.client import Receipt
from devices.emulators.terminal import Reading
from devices.gateway.drivers import now_ms
from devices.local.people import Member
from ledger.errors import VerificationError

NEEDED: Final = {
    "termios": "termios", "serial": "pyserial", "pymodbus": "pymodbus", "cv2": "opencv-python",
}  # fmt: skip
"""Modules, and their packages, without which there is no floor: serial line, Modbus, cameras."""
READING: Final = {"onnxruntime": "onnxruntime", "rapidocr": "rapidocr"}
"""Those without which no display is read from a photo."""
ALERT: Final = "covered-lens"
_PICTURES: Final = Counter({"frame": 2, "clip": 1})
"""As it was seen, once more with a frame drawn around it, and the seconds before."""


def missing(modules: Mapping[str, str]) -> list[str]:
    """The packages of those modules that are not installed."""
    return [name for module, name in modules.items() if importlib.util.find_spec(module) is None]


@dataclass
class Floor:
    """Everything between the devices and the service; opened while its `with` lasts.

    Attributes:
        gateway: the program; not started before `begin`.
        port: the service's.
        reads: whether displays are read from photos.
    """

    gateway: Gateway
    port: int
    reads: bool = field(default_factory=lambda: not missing(READING))
    _opened: ExitStack = field(default_factory=ExitStack)
    _films: "Future[list[tuple[Path, str]]] | None" = None

    def __enter__(self) -> Self:
        # Imported here: the core has not the packages that these need.
        from api.demo import cabinets, films  # noqa: PLC0415
        from api.demo.morning import Morning  # noqa: PLC0415
        from api.demo.scales import Scales  # noqa: PLC0415

        self.folder.mkdir(mode=0o700, parents=True)
        pool = self._opened.enter_context(ThreadPoolExecutor(1))
        self._films = pool.submit(films.shoot, self.folder)  # takes a few seconds
        self.cable = self._opened.enter_context(Cable(self.port))
        self.scales = self._opened.enter_context(Scales(self.folder, self.gateway.state))
        self.morning = Morning(self.folder / "people.json")
        self.cabinets = self._opened.enter_context(cabinets.emulated())
        self._opened.callback(self.gateway.stop)
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @property
    def folder(self) -> Path:
        """Where everything of it lies."""
        return self.gateway.folder

    # The delivery

    def begin(self, calibrations: list[str], at_ms: int) -> None:
        """Start the gateway, its clock at `at_ms`, and wait until it has seen every scale empty."""
        from api.demo import films  # noqa: PLC0415 - needs OpenCV

        assert self._films is not None
        watched = (
            f'[[camera]]\ndevice = "{cast.CAMERA}"\ncanteen = "{cast.CANTEEN}"\n'
            f'source = "{self.folder / films.KITCHEN}"\nclip_ms = 4000\n'
            f"lens = {{ confirm_ms = 2000 }}\n"
            f'closed = ["20:30-05:00"]\nmotion = {{}}\n'
        )
        scales = self.scales.tables(calibrations, self._films.result(), read=self.reads)
        tables = [scales, self.cabinets, self.morning.table(), watched]
        self.gateway.behind_ms = now_ms() - at_ms
        self.gateway.configure(self.cable.url, free_port(), "\n".join(tables))
        self.gateway.start()
        self.gateway.wait(self.scales.seen_empty, "find the scales")

    def weigh(self) -> None:
        """Put a load on every scale; the gateway weighs, photographs, signs and keeps."""
        self.scales.load()
        self.gateway.wait(self.scales.weighed, "weigh what lies on the scales")

    def lose_power(self) -> None:
        """The gateway is killed and started again; what was weighed still lies on the scales."""
        self.gateway.lose_power()
        self.gateway.start()

    def plug(self) -> None:
        """The network comes back, and everything that waits is sent."""
        self.cable.plug()
        self.gateway.wait(self.gateway.sent, "send what it kept")

    def weighings(self) -> list[Record]:
        """The record of each scale's load, in the order of the scales.

        Raises:
            VerificationError: a load has none or two, or one has no photo of it.
        """
        found = self.gateway.records("weigh-in")
        by_scale = {str(record["payload"]["scale"]): record for record in found}
        if len(found) != len(cast.SCALES) or by_scale.keys() != set(cast.SCALES):
            raise VerificationError(
                f"{len(found)} weighings are in the log of {len(cast.SCALES)} loads"
            )
        records = [by_scale[scale] for scale in cast.SCALES]
        for record in records:
            _photographed(record)
        return records

    def photo(self, record: Record) -> bytes:
        """The photo of a weighing, as the service has it."""
        (photo,) = (blob for blob in record["payload"]["blobs"] if blob["role"] == "photo")
        return self.gateway.client.download(str(photo["sha256"]))

    # The kitchen

    def checked(
        self, members: Sequence[Member], on: date, readings: Sequence[Reading]
    ) -> list[Receipt]:
        """These stand before the terminal, one after the other."""
        self.morning.known(members, on)
        ids = self.morning.checked(readings)
        self.gateway.wait(self.gateway.sent, "send what it kept")
        return [self.gateway.receipt(record_id) for record_id in ids]

    def temperatures(self) -> list[Record]:
        """The first batch of each cabinet."""
        found: dict[str, Record] = {}

        def both() -> bool:
            for record in self.gateway.records("temperature-log"):
                found.setdefault(str(record["payload"]["cabinet"]), record)
            return found.keys() == set(cast.CABINETS)

        self.gateway.wait(both, "log the temperatures of the cabinets")
        return [found[cabinet] for cabinet in cast.CABINETS]

    def cover(self) -> None:
        """Somebody hangs a cloth over the kitchen's camera."""
        from api.demo import films  # noqa: PLC0415 - needs OpenCV

        films.cover(self.folder)

    def alert(self) -> Record:
        """The alert of it.

        Raises:
            VerificationError: there are several, or one that lacks a picture or the film.
        """
        found: list[Record] = []

        def raised() -> bool:
            found[:] = self.gateway.records("inspection-alert")
            return bool(found)

        self.gateway.wait(raised, "raise an alert")
        self.gateway.stop()  # and sends nothing more
        found = self.gateway.records("inspection-alert")
        kinds = [str(record["payload"]["alert_kind"]) for record in found]
        if kinds != [ALERT]:
            raise VerificationError(f"one covered camera made {len(kinds)} alerts")
        roles = Counter(str(blob["role"]) for blob in found[0]["payload"]["blobs"])
        if roles != _PICTURES:
            raise VerificationError("the alert has not both pictures and its film")
        return found[0]


def _photographed(record: Record) -> None:
    """Raises VerificationError: no live photo, or its display shows another weight."""
    payload: dict[str, Any] = record["payload"]
    found = payload.get("ext", {}).get("photo_findings", [])
    if found or "photo_phash" not in payload:
        raise VerificationError(f"a weighing has no good photo: {', '.join(found)}")
    if payload["display_ocr_g"] not in (None, payload["gross_g"]):
        raise VerificationError(
            "the display in the photo shows another weight than the scale sent",
            expected=payload["gross_g"],
            found=payload["display_ocr_g"],
        )
