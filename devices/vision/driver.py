"""The inspection gateway's driver: one camera, its eyes, alerts kept by the sink (AI云视频网关).

    [[camera]]
    device = "camera:bx-0001-kitchen-1"
    canteen = "canteen:2105020001~01"
    source = "rtsp://viewer:…@10.0.0.7/Streaming/Channels/102"
    every_ms = 200                          # five frames a second are looked at
    closed = ["20:30-05:00"]                # by local time
    models = ["models/kitchen-hats.toml"]   # manifests; none: the classical detectors alone
    lens = {}                               # covered, moved, frozen
    motion = {}                             # motion while closed

A capture of its own keeps the newest frame; a detector slower than the camera skips frames and never
falls behind. `alert_ms` in the status is how long the last alert took, from the moment its frame was
taken until it was signed and on disk.

What goes on is journaled when an alert is on disk, and every ten seconds as long as it lasts: after a
restart it is no new violation. A power cut between alert and journal can repeat the alert.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

from devices.camera.camera import Camera, Settings
from devices.camera.capture import now_ms
from devices.camera.source import Source
from devices.gateway.driver import Sink, Stop
from devices.gateway.drivers import Site
from devices.gateway.table import Table
from devices.local.journal import FileJournal, Journal, MemoryJournal
from devices.local.unkept import Unkept
from devices.vision.closed import Closed
from devices.vision.detector import Detector
from devices.vision.eyes import Eye, ModelEye
from devices.vision.lens import Lens
from devices.vision.manifest import Manifest
from devices.vision.motion import NightMotion
from devices.vision.watch import Post, Watch
from ledger.canonical import JsonInput
from ledger.errors import LedgerError, MalformedError, UnavailableError

_SAVED_S: Final = 10.0
"""Between two savings of what goes on."""


class Inspection:
    """Drives one camera; see `devices.gateway.driver.Driver`."""

    def __init__(
        self,
        post: Post,
        settings: Settings,
        eyes: Sequence[Eye],
        *,
        clip_ms: int = 6000,
        quiet_ms: int = 60_000,
        clock: Callable[[], int] = now_ms,
        journal: Journal | None = None,
    ) -> None:
        self._post = post
        self._camera = Camera(settings, clock=clock)
        self._journal = journal or MemoryJournal()
        self._saved_s = 0.0
        saved, fault = None, None
        try:
            saved = self._journal.load()
        except UnavailableError as error:  # a camera that may repeat an alert is better than none
            fault = str(error)
        self._watch = Watch(post, eyes, clip_ms=clip_ms, quiet_ms=quiet_ms, saved=saved)
        self._names = [eye.identity.name for eye in eyes]
        self._clock = clock
        self._unkept = Unkept()
        self._status: dict[str, JsonInput] = {
            "looked_at": 0, "skipped": 0, "alerts": 0, "alert_ms": None, "fault": fault,
        }  # fmt: skip

    @classmethod
    def from_config(
        cls,
        table: Table | Mapping[str, Any],
        folder: Path | None = None,
        *,
        state: Path | None = None,
        clock: Callable[[], int] = now_ms,
    ) -> Self:
        """From a table `camera`.

        Args:
            table: the table.
            folder: where models are looked for, the configuration's own.
            state: the folder for its journal; None: a restart forgets what went on.
            clock: the time in ms, as frames are stamped with it.

        Raises:
            MalformedError: a member is missing, unknown or of another form, or a model is not what
                its manifest says.
            NotFoundError: a manifest or model is not there.
        """
        given = Table.of(table, "[camera]")
        post = Post(
            given.text("device", pattern=r"camera:[A-Za-z0-9._~-]{1,128}"),
            given.text("canteen", pattern=r"canteen:[0-9]{10}~[0-9]{2}"),
        )
        every_ms = given.integer("every_ms", 200, least=20, most=60_000)
        settings = Settings(Source.parse(given.text("source")), every_ms, None, 3000, 60_000)
        closed = Closed.parse(given.texts("closed", ()), given.text("utc_offset", "+08:00"))
        threads = given.integer("threads", 1, least=1, most=16)
        eyes: list[Eye] = [
            ModelEye(Detector(Manifest.load((folder or Path()) / name), threads=threads))
            for name in given.texts("models", ())
        ]
        for name, kind in (("lens", Lens), ("motion", NightMotion)):
            if given.has(name):
                eyes.append(kind.from_table(given.table(name), closed))
        clip_ms = given.integer("clip_ms", 6000, least=0, most=30_000)
        quiet_ms = given.integer("quiet_ms", 60_000, least=0, most=86_400_000)
        given.end()
        if not eyes:
            raise MalformedError("[camera] looks for nothing: name models, lens or motion")
        journal = None
        if state is not None:
            journal = FileJournal(state / f"{post.camera.partition(':')[2]}.camera.journal")
        return cls(
            post, settings, eyes, clip_ms=clip_ms, quiet_ms=quiet_ms, clock=clock, journal=journal
        )

    @property
    def device(self) -> str:
        """Subject of the camera."""
        return self._post.camera

    def run(self, sink: Sink, stop: Stop) -> None:
        """Look at frames until told to stop."""
        self._camera.start()
        last = -1
        try:
            while not stop.is_set():
                frame = self._camera.next(last, wait_s=0.5)
                if frame is None:
                    continue
                if last >= 0:
                    self._count("skipped", frame.number - last - 1)
                last = frame.number
                self._count("looked_at", 1)
                went_on = self._watch.going_on
                found = self._watch.frame(frame)
                for observation in found:
                    try:
                        self._unkept.keep(sink, observation)
                    except LedgerError as error:
                        self._status["fault"] = str(error)
                        continue
                    self._count("alerts", 1)
                    self._status["alert_ms"] = self._clock() - frame.taken_at_ms
                self._unkept.again(sink)
                self._save(now=bool(found) or self._watch.going_on < went_on)
        finally:
            self._camera.stop()
            self._save(now=True)

    def status(self) -> Mapping[str, JsonInput]:
        """For the status page."""
        camera = dict(self._camera.status())
        unkept = len(self._unkept) + self._unkept.dropped
        return {
            "state": "working" if camera["state"] == "working" and not unkept else "degraded",
            **self._status,
            "fault": self._status["fault"] or self._unkept.fault,
            "camera": camera,
            "waiting": len(self._unkept),
            "lost": self._unkept.dropped,
            "detectors": list(self._names),
            "detector_faults": dict(self._watch.faults),
        }

    def _save(self, *, now: bool) -> None:
        """Journal what goes on: at once where it changed, else from time to time while it lasts."""
        passed_s = time.monotonic() - self._saved_s
        if not now and (self._watch.going_on == 0 or passed_s < _SAVED_S):
            return
        self._saved_s = time.monotonic()
        try:
            self._journal.save(self._watch.state())
        except UnavailableError as error:
            self._status["fault"] = str(error)

    def _count(self, name: str, more: int) -> None:
        self._status[name] = int(str(self._status[name])) + more


def driver(table: Table, site: Site) -> Inspection:
    """The driver of one `[[camera]]` table; models and films lie beside gateway.toml, or elsewhere."""
    return Inspection.from_config(table, site.beside, state=site.folder, clock=site.now_ms)
