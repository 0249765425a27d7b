"""The camera beside a scale: a weighing in, a signed record with its photo out (称重工位).

The scale's driver asks for the record the moment a weight is stable. The photo is the newest frame: it
was in memory already, so that it shows what lay there when the weight was read. Nothing that goes
wrong with camera, checks or text reader keeps the weigh-in from being kept.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Self

from devices.camera import checks, display, phash
from devices.camera.camera import Camera, Settings
from devices.camera.capture import now_ms
from devices.camera.card import no_photo
from devices.camera.checks import Limits
from devices.camera.display import Display
from devices.camera.ocr import Reader
from devices.camera.picture import to_jpeg
from devices.camera.weigh_in import Goods, Photo, Place, Weighing, weigh_in
from devices.gateway.driver import Clock, Observation, Sink
from devices.gateway.table import Table
from ledger import timestamp
from ledger.canonical import JsonInput
from ledger.errors import UnavailableError

_log = logging.getLogger(__name__)


class Station:
    """One scale's camera; `start` it before the first weighing."""

    def __init__(
        self,
        place: Place,
        camera: Camera | None,
        *,
        limits: Limits | None = None,
        shown: Display | None = None,
        reader: Reader | None = None,
    ) -> None:
        """`camera` None: none hangs there, and each record says so with a card in the photo's place.

        `shown` None: the display is not read. `reader` may be shared by stations.
        """
        self._place = place
        self._camera = camera
        self._limits = limits or Limits()
        self._display = shown
        self._reader = reader or Reader()
        self._repeats = checks.Repeats()
        self._last: dict[str, JsonInput] = {}

    @classmethod
    def from_config(
        cls,
        table: Table | Mapping[str, Any],
        place: Place,
        reader: Reader | None = None,
        *,
        clock: Callable[[], int] = now_ms,
    ) -> Self:
        """From the table `camera` of a scale: see docs/devices/camera.md.

        Raises:
            MalformedError: a member is missing, unknown or of another form.
        """
        read = Table.of(table, "[camera]")
        limits = Limits.from_table(read.table("photo"))
        shown = Display.from_table(read.table("reading")) if read.has("reading") else None
        camera = Camera(Settings.from_table(read), clock=clock)
        return cls(place, camera, limits=limits, shown=shown, reader=reader)

    def start(self) -> None:
        """Begin to read the camera."""
        if self._camera is not None:
            self._camera.start()

    def stop(self) -> None:
        """End."""
        if self._camera is not None:
            self._camera.stop()

    def weighed(self, weighing: Weighing, goods: Goods, sink: Sink) -> str:
        """Photograph, check, and keep; the record's id.

        Raises:
            RefusedError: the record could never be taken; see `Sink.keep`.
            UnavailableError: the outbox cannot keep it.
        """
        counter = sink.next_counter(self._place.scale)
        return sink.keep(self.record(weighing, goods, counter, sink.clock()))

    def record(self, weighing: Weighing, goods: Goods, counter: int, clock: Clock) -> Observation:
        """The observation of a weighing with the photo of this moment; nothing is kept yet."""
        try:
            photo = self.photograph(weighing, goods, counter)
        except Exception as error:  # noqa: BLE001 - OpenCV's and onnxruntime's own; the weight counts
            _log.exception("no photo of %s", self._place.scale)
            photo = self._card(weighing, counter, ["failed"])
            self._last["fault"] = f"{type(error).__name__}: {error}"
        self._last |= {"shown_g": photo.shown_g, "findings": list(photo.findings)}
        return weigh_in(weighing, self._place, goods, photo, counter=counter, clock=clock)

    def photograph(self, weighing: Weighing, goods: Goods, counter: int) -> Photo:
        """The photo of this moment with what was found in it, or the card that says there is none."""
        camera = self._camera
        shot = None if camera is None else camera.shot(wait_s=1.0)
        if camera is None or shot is None:
            return self._card(weighing, counter, ["none"])
        image = shot.frame.image
        found = checks.look(image)
        pictured = phash.phash(image)
        findings = checks.of_picture(found, self._limits)
        findings += checks.of_stream(shot, camera.settings)
        if self._repeats.repeated(pictured, shot.frame.taken_at_ms, goods.item_code):
            findings.append("repeated")
        return Photo(
            data=to_jpeg(image),
            taken_at_ms=shot.frame.taken_at_ms,
            phash=pictured,
            shown_g=self._shown(image, camera.settings.region, findings),
            findings=findings,
            measured={**asdict(found), "age_ms": shot.age_ms, "still_ms": shot.still_ms},
        )

    def _card(self, weighing: Weighing, counter: int, findings: list[str]) -> Photo:
        card = no_photo(self._place.scale, counter, timestamp.format(weighing.at_ms))
        return Photo(card, weighing.at_ms, None, None, findings)

    def status(self) -> Mapping[str, JsonInput]:
        """For the status page."""
        seen = {"state": "none"} if self._camera is None else self._camera.status()
        return {**seen, **self._last}

    def _shown(
        self, image: Any, region: tuple[int, int, int, int] | None, findings: list[str]
    ) -> int | None:
        """Grams on the display; None where it is not read, cannot be, or no reader is installed."""
        if self._display is None or {"black", "covered"} & set(findings):
            return None
        try:
            seen = display.read(image, region, self._display, self._reader)
        except UnavailableError:
            findings.append("no-reader")
            return None
        return None if seen is None else seen.grams
