"""How kitchens differ: each character is an honest kitchen with one habit that looks odd.

What looks odd and is honest is what a detector must bear: weights that are round because the scale
is coarse, temperatures that stand still because the probe sits in glycol, records that come in a
burst because the line was cut.
"""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final


class Mishap(Enum):
    """What befalls a kitchen on some days of a term; mishaps.py says how."""

    POWER_CUT = "power cut at noon"
    NEW_SCALE = "new scale"
    OUTING = "outing"
    NEW_PROBE = "replaced probe"
    SUBSTITUTE = "substitute gateway"
    WEEKEND = "weekend's outbox"


@dataclass(frozen=True, slots=True)
class Cold:
    """A refrigerator: its thermostat, its door, and the probe inside.

    Attributes:
        set_mC: where the thermostat is set.
        swing_mC: half of what the air goes up and down.
        period_min: minutes of one cycle of the compressor.
        lag_min: minutes by which the probe follows; one in glycol follows slowly.
        noise_mC: of the probe, one standard deviation.
        step_mC: smallest difference that it shows.
        opened: times an hour while the kitchen works.
        warms_mC: what an opening adds to the air.
        alarm_mC: its upper limit.
    """

    set_mC: int = 3_800
    swing_mC: int = 900
    period_min: int = 38
    lag_min: float = 4.0
    noise_mC: int = 60
    step_mC: int = 100
    opened: float = 1.6
    warms_mC: int = 1_500
    alarm_mC: int = 8_000


@dataclass(frozen=True, slots=True)
class Character:
    """One kind of kitchen.

    Attributes:
        name: in the report.
        staff: who are checked on a usual day.
        division_g: of the scale.
        step_mC: smallest difference that the checker shows.
        dawn_C: mean temperature outside at six, the first day and the last.
        cabinet: where samples stand.
        store: the cold store.
        interval_s: between two readings of either.
        live_s: median seconds until a record reaches the log.
        cut_per_week: network cuts shorter than an hour, of which nobody is told.
        outages_per_month: longer ones, declared.
        typed_late: whether the cooks write everything down after the meal.
        drift_ppm: of the gateway's clock.
        resync_h: hours between two corrections of the clock, on average.
        corner: whether all photos of the scale look alike.
        packaged: share of goods in packages of standard weight.
        substitutes: chance of one on a day.
        lorries: chance that a delivery of several lines comes in two lorries.
        compensates: share of what is unusual about a forehead that the checker shows; one that
            reckons it back to the temperature of a body shows little of it.
        mishap: what befalls it.
    """

    name: str
    staff: int = 7
    division_g: int = 10
    step_mC: int = 10
    dawn_C: tuple[float, float] = (10.0, 17.0)
    cabinet: Cold = field(default_factory=Cold)
    store: Cold = field(default_factory=lambda: Cold(set_mC=3_000, swing_mC=1_300, period_min=52))
    interval_s: int = 600
    live_s: float = 2.0
    cut_per_week: float = 0.3
    outages_per_month: float = 0.3
    typed_late: bool = False
    drift_ppm: float = 12.0
    resync_h: float = 6.0
    corner: bool = False
    packaged: float = 0.35
    substitutes: float = 0.04
    lorries: float = 0.0
    compensates: float = 1.0
    mishap: Mishap | None = None


_TIDY: Final = Character("tidy", division_g=5)
_GLYCOL: Final = Cold(
    set_mC=4_010, swing_mC=500, period_min=24, lag_min=75.0, noise_mC=12, opened=0.7, warms_mC=900
)

FIRST: Final = (
    _TIDY,
    Character(
        "hurried", live_s=6.0, cut_per_week=3.0, outages_per_month=3.0, typed_late=True, staff=8
    ),
    Character("coarse scale", division_g=50),
    Character("coarse checker", step_mC=100, staff=6),
    Character("cold dawn", dawn_C=(-6.0, 5.0), staff=8),
    Character("hot summer", dawn_C=(25.0, 29.0), cabinet=Cold(set_mC=4_400, period_min=26)),
    Character(
        "busy refrigerator",
        cabinet=Cold(opened=6.0, warms_mC=1_900, swing_mC=1_000),
        store=Cold(set_mC=3_400, swing_mC=1_300, period_min=52, opened=7.0, warms_mC=2_000),
    ),
    Character(
        "steady refrigerator",
        cabinet=_GLYCOL,
        store=replace(_GLYCOL, set_mC=2_990, period_min=30),
        interval_s=300,
    ),
    Character("same corner", corner=True),
    Character("drifting clock", drift_ppm=140.0, resync_h=72.0),
    Character("standard packages", packaged=0.8, division_g=20),
    Character(
        "small kitchen",
        staff=4,
        step_mC=100,
        division_g=20,
        substitutes=0.15,
        cabinet=replace(_GLYCOL, set_mC=3_950, lag_min=40.0, noise_mC=20),
        typed_late=True,
    ),
)
"""Of the first group of schools, which are of each in turn."""

SECOND: Final = (
    Character("power cut at noon", mishap=Mishap.POWER_CUT),
    Character("new scale, coarse", division_g=5, mishap=Mishap.NEW_SCALE),
    Character("days without service", mishap=Mishap.OUTING),
    Character("replaced probe", mishap=Mishap.NEW_PROBE),
    Character("substitute gateway", mishap=Mishap.SUBSTITUTE, drift_ppm=20.0),
    Character("two lorries", lorries=0.4, packaged=0.5),
    Character("sends on Monday what Friday kept", mishap=Mishap.WEEKEND, typed_late=True),
    Character("checker that compensates", compensates=0.3, staff=8),
)
"""Of the second group."""
