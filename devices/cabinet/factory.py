"""A `[[cabinet]]` table made into a driver, with the camera that photographs the samples.

Without a table `camera` in it no sample can be recorded, for its record must have a photo: it waits
in the journal, and the status says `photo-missing`. Temperatures and alarms need none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.cabinet.driver import CabinetDriver, from_config
from devices.camera.camera import Camera, Settings
from devices.camera.shutter import Shutter
from devices.gateway.driver import Sink, Stop
from devices.gateway.drivers import Site
from devices.gateway.table import Table
from ledger.canonical import JsonInput


@dataclass(frozen=True, slots=True)
class PhotographedCabinet:
    """A cabinet's driver, its camera running as long as it does."""

    cabinet: CabinetDriver
    shutter: Shutter

    tells_itself = True

    @property
    def device(self) -> str:
        """Subject of the cabinet."""
        return self.cabinet.device

    def run(self, sink: Sink, stop: Stop) -> None:
        """Work until told to stop."""
        self.shutter.start()
        try:
            self.cabinet.run(sink, stop)
        finally:
            self.shutter.stop()

    def status(self) -> Mapping[str, JsonInput]:
        """For the status page; no personal data."""
        return {**self.cabinet.status(), "camera": dict(self.shutter.status())}


def driver(table: Table, site: Site) -> CabinetDriver | PhotographedCabinet:
    """The driver of one `[[cabinet]]` table (docs/devices/cabinet.md).

    Raises:
        MalformedError: a key that is unknown, missing or wrong, named.
        UnavailableError: a package of the extra `devices` is not installed.
    """
    if not table.has("camera"):
        return from_config(table, state=site.folder, now_ms=site.now_ms)
    settings = Settings.from_table(table.table("camera"), "camera")
    shutter = Shutter(Camera(settings, clock=site.now_ms))
    cabinet = from_config(table, photo=shutter, state=site.folder, now_ms=site.now_ms)
    return PhotographedCabinet(cabinet, shutter)
