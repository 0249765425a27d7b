"""A scale with its camera: each load, once at rest, becomes a signed `weigh-in` (智能出入库秤).

    port → parser → stable weight → photo of that moment, checks, display → record → sink

**Once for each load, also when the power goes.** The journal says whether the scale was seen empty
and no load was weighed since (`armed`), and which count the load that is just being weighed has. A
load that lies there after a restart is weighed if it was not before; with the count that the journal
has, so that a record which was kept in the last moment is found again and not made twice
(`Sink.keep`). What was put on and taken off while the program was down was never seen.

**A disk that takes nothing, not even a count**, leaves a load on the scale to be weighed when it does
again. If the load is gone by then it is lost, and a count is left out for it: the gap shows.

    journal   armed, no count   scale empty, or a load on it that has not come to rest
              armed, count n    n is being photographed and kept
              not armed         the load on it has its record
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from devices.camera.ocr import Reader
from devices.camera.station import Station
from devices.camera.weigh_in import Goods, Place
from devices.camera.weigh_in import Weighing as Weighed
from devices.gateway.driver import Sink, Stop
from devices.gateway.drivers import Site
from devices.gateway.table import Table
from devices.local.journal import FileJournal, Journal
from devices.local.unkept import Unkept
from devices.scales import goods
from devices.scales.families import parser
from devices.scales.finding import AUTO, Settings, found
from devices.scales.frame import Frame
from devices.scales.parser import Options
from devices.scales.port import Port
from devices.scales.scale import Scale
from devices.scales.stable import Rule, Weighing
from devices.scales.units import UG_PER_MG, UNITS, unit_named
from ledger import timestamp
from ledger.canonical import JsonInput
from ledger.errors import LedgerError, MalformedError, RefusedError, UnavailableError

_RECORD: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_MG_PER_G: Final = 1_000
_AGAIN_MS: Final = 2_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plate:
    """What is decided about one scale.

    Attributes:
        port: its line.
        settings: how it is read; what is left open is found out at each start.
        rule: when its weights are believed.
        place: where it stands; a `division_mg` of 0: the displayed one.
        goods: what lies on it, where nothing else is said.
        goods_file: says what lies on it; None: there is no such file.
        tare_g: what the operator gave as the container's weight.
    """

    port: str
    settings: Settings
    rule: Rule
    place: Place
    goods: Goods
    goods_file: Path | None = None
    tare_g: int = 0


@dataclass
class ScaleDriver:
    """A `Driver` (`devices.gateway.driver`).

    Attributes:
        plate: which scale.
        station: its camera, and the maker of its records.
        journal: what must not be forgotten when the power goes.
    """

    plate: Plate
    station: Station
    journal: Journal
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    monotonic_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000
    _unkept: Unkept = field(default_factory=Unkept)
    _line: Port | None = None
    _scale: Scale | None = None
    _count: int | None = None
    _again_ms: int | None = None
    """When what lies there is weighed again, for it got no count; None: nothing lacks one."""
    _missed: int = 0
    """Loads that left without a count; so many are left out before the next is given."""
    _saved: tuple[bool, int | None] = (False, None)
    _last: Frame | None = None
    _shown: dict[str, JsonInput] = field(default_factory=dict)
    _faults: dict[str, str] = field(default_factory=dict)

    @property
    def device(self) -> str:
        """Subject of the scale."""
        return self.plate.place.scale

    def run(self, sink: Sink, stop: Stop) -> None:
        """Weigh until told to stop.

        Raises:
            LedgerError: family or speed cannot be found out; the gateway tries again, and the load
            that lies there is weighed then.
        """
        self.station.start()
        try:
            settings = found(self.plate.port, self.plate.settings)
            line = self._line = Port(self.plate.port, settings.baud, settings.framing)
            scale = self._scale = Scale.of(
                line, parser(settings.family, settings.options), self.plate.rule
            )
            scale.stable.preset_tare_ug = self.plate.tare_g * _MG_PER_G * UG_PER_MG or None
            self._resume(scale)
            while not stop.is_set():
                self._turn(scale, sink)
        finally:
            self.station.stop()
            if self._line is not None:
                self._line.close()

    def status(self) -> Mapping[str, JsonInput]:
        """For the status page."""
        line, scale = self._line, self._scale
        down = line is None or not line.up
        held = len(self._unkept) + (self._again_ms is not None)
        faults = dict(self._faults)
        if line is not None and line.fault:
            faults["line"] = line.fault
        if self._unkept.fault:
            faults["outbox"] = self._unkept.fault
        return {
            "state": "degraded" if down or held or self._unkept.dropped else "working",
            "shows": None if self._last is None else self._last.text(),
            "load": None if scale is None else scale.stable.state,
            **self._shown,
            "camera": dict(self.station.status()),
            "waiting": held,
            "lost": self._unkept.dropped,
            "faults": faults,
        }

    # One turn

    def _turn(self, scale: Scale, sink: Sink) -> None:
        turn = scale.turn()
        if turn.frames:
            self._last = turn.frames[-1]
        for weighing in turn.weighings:
            self._weighed(weighing, sink)
        if scale.stable.state == "empty":
            self._count = None  # whose count it was is gone; whether it was kept, nobody can know
            self._gone()
        elif self._again_ms is not None and self.monotonic_ms() >= self._again_ms:
            scale.stable.resume()
        self._unkept.again(sink)
        if not self._unkept and self._again_ms is None:
            self._remember(scale.stable.armed, self._count)

    def _weighed(self, weighing: Weighing, sink: Sink) -> None:
        count = self._count
        if count is None:
            try:
                count = self._count = self._number(sink)
            except UnavailableError as error:
                self._fault("number", error)
                self._again_ms = self.monotonic_ms() + _AGAIN_MS
                return
            self._remember(True, count)
        at_ms = self.now_ms() - (self.monotonic_ms() - weighing.at_ms)
        weighed = _weighed(weighing, at_ms, self._protocol)
        self._shown = {
            "last_net_g": weighing.net_g,
            "last_at": timestamp.format(at_ms),
            "last_counter": count,
        }
        try:
            self._keep(weighed, self._goods(), count, sink)
        except RefusedError as error:
            # A weight is evidence whatever was said to lie there.
            self._fault("goods", error)
            try:
                self._keep(weighed, Goods(goods.UNNAMED), count, sink)
            except RefusedError as again:
                self._fault("refused", again)
                self._unkept.dropped += 1
        self._count = None

    def _number(self, sink: Sink) -> int:
        """The next count, after those of loads that left without one."""
        while self._missed:
            sink.next_counter(self.device)
            self._missed -= 1
        count = sink.next_counter(self.device)
        self._again_ms = None
        self._faults.pop("number", None)
        return count

    def _gone(self) -> None:
        """The load was taken off; if it never got a count, it is lost."""
        if self._again_ms is not None:
            self._again_ms = None
            self._missed += 1
            self._unkept.dropped += 1

    def _keep(self, weighed: Weighed, on_it: Goods, count: int, sink: Sink) -> None:
        self._unkept.keep(sink, self.station.record(weighed, on_it, count, sink.clock()))

    def _goods(self) -> Goods:
        path = self.plate.goods_file
        if path is None:
            return self.plate.goods
        try:
            said = goods.read(path)
        except MalformedError as error:
            self._fault("goods", error)
            return self.plate.goods
        self._faults.pop("goods", None)
        return self.plate.goods if said is None else said

    @property
    def _protocol(self) -> str:
        return "" if self._scale is None else self._scale.parser.protocol

    # The journal

    def _resume(self, scale: Scale) -> None:
        saved = self.journal.load() or {}
        count = saved.get("count")
        armed = saved.get("armed") is True
        self._count = count if armed and type(count) is int else None
        self._saved = armed, self._count
        if armed:
            scale.stable.resume()

    def _remember(self, armed: bool, count: int | None) -> None:
        if self._saved == (armed, count):
            return
        try:
            self.journal.save({"armed": armed, "count": count})
        except UnavailableError as error:
            self._fault("journal", error)
        else:
            self._saved = armed, count
            self._faults.pop("journal", None)

    def _fault(self, what: str, error: LedgerError) -> None:
        if self._faults.get(what) != str(error):
            _log.warning("%s: %s: %s", self.device, what, error)
        self._faults[what] = str(error)


def _weighed(weighing: Weighing, at_ms: int, protocol: str) -> Weighed:
    """As the record's maker takes it. Where no tare is known, what is displayed is all there is."""
    gross_g, tare_g = weighing.gross_g, weighing.tare_g
    if gross_g is None or tare_g is None:
        gross_g, tare_g = weighing.net_g, 0
    return Weighed(
        gross_mg=gross_g * _MG_PER_G,
        tare_mg=tare_g * _MG_PER_G,
        stable=True,
        equal_readings=weighing.equal,
        protocol=protocol,
        raw_frame=weighing.frame.raw,
        at_ms=at_ms,
        tare_source=weighing.tare_source,
        division_mg=weighing.division_mg,
    )


@lru_cache(maxsize=1)
def _reader() -> Reader:
    """One text reader for all scales: it takes some hundreds of megabytes."""
    return Reader()


def driver(table: Table, site: Site) -> ScaleDriver:
    """The driver of one `[[scale]]` table (docs/devices/scales.md).

    Raises:
        MalformedError: a key that is unknown, missing or wrong, named.
        UnavailableError: a package of the extra `devices` is not installed.
    """
    device = table.subject("device", ("device",))
    division_mg = table.integer("division_mg", 0)
    place = Place(
        school=site.school,
        canteen=table.subject("canteen", ("canteen",)),
        scale=device,
        calibration=table.text("calibration", pattern=_RECORD),
        division_mg=division_mg,
    )
    options = Options(
        unit_named(table.choice("unit", UNITS, "kg")), table.text("address", "A", pattern="[A-Z]")
    )
    settings = Settings(
        table.text("family", AUTO),
        table.integer("baud", 0, most=921_600),
        table.choice("framing", ("8N1", "7E1", "7O1", "8E1"), "8N1"),  # type: ignore[arg-type]
        options,
    )
    plate = Plate(
        port=_port(table),
        settings=settings,
        rule=Rule(
            division_ug=division_mg * UG_PER_MG or None,
            shows="net" if table.flag("net", default=False) else "gross",
        ),
        place=place,
        goods=goods.of_table(table),
        goods_file=table.path("goods") if table.has("goods") else None,
        tare_g=table.integer("tare_g", 0),
    )
    if table.has("camera"):
        camera = table.table("camera")
        station = Station.from_config(camera, place, _reader(), clock=site.now_ms)
    else:
        station = Station(place, None)
    journal = FileJournal(site.folder / f"{device.partition(':')[2]}.scale.journal")
    return ScaleDriver(plate, station, journal, now_ms=site.now_ms)


def _port(table: Table) -> str:
    """A device or an address as it is; a name without a folder lies beside gateway.toml."""
    port: str = table.text("port")
    beside = table.path("port")
    return str(beside) if "://" not in port and beside.exists() else port
