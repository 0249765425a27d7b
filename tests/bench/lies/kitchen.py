"""One kitchen: its subjects, people and devices, and what it remembers from day to day."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from components.term.script import Script, clock
from components.term.world import credit_code, random_subject, record_id

from tests.bench.lies import clockwork, larder, photos, thermal
from tests.bench.lies.characters import Character
from tests.bench.lies.mishaps import Mishaps

LABOUR: Final = f"labour:{credit_code(700)}"
BUREAU: Final = "bureau:11210500001234567Y~admission"
OPERATOR: Final = "operator:91210500MA0XR22L6F"
SELLERS_OF_A_KIND: Final = 3
DEVICES: Final = ("scale", "checker", "cabinet", "store")
"""Those behind the gateway that say how they are."""


@dataclass(frozen=True, slots=True)
class Person:
    """One who works in the kitchen: what the forehead usually shows, and how it scatters."""

    name: str
    usual_mC: float
    spread_mC: float
    certificate: str


@dataclass(frozen=True, slots=True)
class Limit:
    """The upper alarm limit of a device, and since when."""

    mC: int
    set_at: datetime


@dataclass(slots=True)
class Kitchen:
    """A school's only canteen.

    Attributes:
        number: tells schools apart.
        character: what is odd about it.
        begin: the first day.
        dawns: temperature outside at six, by day.
        staff: who work there; the first is the head cook.
        spare: who come when one of them is missing.
        diners: on a full day.
        packed: codes of goods that it buys in packages.
        checker_mC: by how much its checker shows too much.
        clock: of its gateway, or of the substitute.
        line: of its gateway.
        corner: what the camera over the scale sees.
        fridges: by device.
        limits: by device, the present ones.
        firmware: by device.
        counters: by device.
        store_g: packages in the dry store, by code of the good, in grams.
        menus: the first day of the week's menu, by day served.
        renewed: devices that came in the place of others, by what they are.
        division_g: of the present scale.
        relieved: from when to when another gateway stood in for its own.
    """

    number: int
    character: Character
    begin: date
    dawns: list[float]
    staff: list[Person]
    spare: list[Person]
    diners: int
    packed: frozenset[str]
    checker_mC: float
    clock: clockwork.Clock | clockwork.Relieved
    line: clockwork.Line
    corner: photos.Corner
    fridges: dict[str, thermal.Refrigerator]
    limits: dict[str, Limit]
    firmware: dict[str, str]
    counters: dict[str, int] = field(default_factory=dict)
    store_g: dict[str, int] = field(default_factory=dict)
    menus: dict[date, date] = field(default_factory=dict)
    renewed: dict[str, str] = field(default_factory=dict)
    division_g: int = 0
    relieved: tuple[datetime, datetime] | None = None

    def __post_init__(self) -> None:
        self.division_g = self.division_g or self.character.division_g

    @property
    def digits(self) -> str:
        return f"230108{self.number:04}"

    @property
    def party(self) -> str:
        return f"school:{self.digits}"

    @property
    def canteen(self) -> str:
        return f"canteen:{self.digits}~01"

    @property
    def gateway(self) -> str:
        return f"gateway:k{self.number:04}"

    def gateway_at(self, at: datetime) -> str:
        """The gateway that is in use at a moment."""
        if self.relieved is not None and self.relieved[0] <= at < self.relieved[1]:
            return self.substitute
        return self.gateway

    @property
    def substitute(self) -> str:
        return f"{self.gateway}-b"

    def device(self, kind: str) -> str:
        """Its scale, checker, cabinet, store or probe, as it is now."""
        return self.renewed.get(kind, f"device:k{self.number:04}-{kind}")

    @property
    def calibration(self) -> str:
        """The name of the record of the present scale's calibration."""
        return f"lies calibration {self.digits}{' new' if 'scale' in self.renewed else ''}"

    def person(self, duty: str) -> str:
        """Its head, storekeeper or teacher, who are no kitchen staff."""
        return random_subject("person", f"lies {self.digits} {duty}")

    def supplier(self, kind: str) -> str:
        """From whom it buys that kind of goods."""
        place = larder.SELLERS.index(kind) * SELLERS_OF_A_KIND + self.number % SELLERS_OF_A_KIND
        return f"supplier:{credit_code(400 + place)}"

    def dawn_C(self, on: date) -> float:
        return self.dawns[(on - self.begin).days]

    def count(self, device: str, by: int = 1) -> int:
        """Counts of a device go on by so many; the first of them."""
        first = self.counted(device) + 1
        self.counters[device] = first + by - 1
        return first

    def counted(self, device: str) -> int:
        """How far a device has counted."""
        return self.counters.get(device, 1000 + 37 * self.number)

    def config(self, device: str) -> str:
        """Digest of a device's settings: other limits or firmware, another digest."""
        limit = self.limits.get(device)
        settings = f"{device} {self.firmware[device]} {limit.mC if limit else '-'}"
        return sha256(settings.encode()).hexdigest()

    def sense(
        self,
        script: Script,
        name: str,
        kind: str,
        payload: Mapping[str, Any],
        at: datetime,
        draw: random.Random,
        *,
        links: Sequence[Mapping[str, str]] = (),
        files: Sequence[str] = (),
        day: date,
    ) -> str:
        """A record that the gateway says: dated by its clock, sent over its line."""
        return script.say(
            f"lies {name} {self.digits}",
            self.gateway_at(at),
            kind,
            payload,
            self.line.arrives(at, draw),
            occurred=self.clock.shows(at),
            links=links,
            files=files,
            school=self.party,
            day=day,
        )


def kitchen(
    number: int,
    character: Character,
    days: Sequence[date],
    serving: Sequence[date],
    seed: int,
    mishaps: Mishaps,
) -> Kitchen:
    """A kitchen of that character over all these days, on some of which it serves."""
    draw = random.Random(f"{seed} kitchen {number}")
    begin, end = clock(days[0], 0), clock(days[-1], 23)
    cabinet, store = (f"device:k{number:04}-{kind}" for kind in ("cabinet", "store"))
    made = {cabinet: character.cabinet, store: character.store}
    since = begin - timedelta(days=draw.randrange(20, 300), hours=draw.random() * 24)
    people = [_person(number, place, draw) for place in range(character.staff + 3)]
    outages = sum(
        draw.random() < character.outages_per_month * len(days) / 30 / 6 for _ in range(6)
    )
    relief = mishaps.relief
    return Kitchen(
        number=number,
        character=character,
        begin=days[0],
        dawns=thermal.dawns(*character.dawn_C, len(days), draw),
        staff=people[: character.staff],
        spare=people[character.staff :],
        diners=draw.randrange(180, 560),
        packed=frozenset(
            good.code
            for good in larder.GOODS
            if good.pack and (good.always or draw.random() < character.packaged)
        ),
        checker_mC=draw.gauss(0, 70),
        clock=_clock(
            clockwork.clock(begin, end, character.drift_ppm, character.resync_h, draw), mishaps
        ),
        line=clockwork.line(
            [clock(on, 0) for on in serving],
            character.live_s,
            character.cut_per_week,
            outages,
            draw,
        ).also_cut(mishaps.cuts),
        corner=photos.corner(f"{seed} {number}", fixed=character.corner),
        fridges={name: thermal.Refrigerator.started(cold, draw) for name, cold in made.items()},
        limits={name: Limit(cold.alarm_mC, since) for name, cold in made.items()},
        firmware={
            f"device:k{number:04}-{kind}": f"3.{draw.randrange(2, 7)}.{draw.randrange(10)}"
            for kind in DEVICES
        },
        relieved=None if relief is None else (relief.begin, relief.end),
    )


def _clock(own: clockwork.Clock, mishaps: Mishaps) -> clockwork.Clock | clockwork.Relieved:
    """Its own clock, set right when the power comes back; or another gateway's for some days."""
    for blackout in mishaps.blackouts:
        own = own.set_right_at(blackout.end)
    relief = mishaps.relief
    if relief is None:
        return own
    return clockwork.Relieved(own, relief.clock, relief.begin, relief.end)


def _person(number: int, place: int, draw: random.Random) -> Person:
    return Person(
        random_subject("person", f"lies {number} staff {place}"),
        draw.gauss(36_380, 170),
        draw.uniform(70, 150),
        record_id(f"lies health {number} {place}"),
    )
