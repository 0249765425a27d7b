"""A cabinet's settings: how often it is read, when it alarms, what its slots are called.

Defaults are the policy's where there is one: a sample of 125 g and more, kept for 48 hours, between
0 and 8 °C (食品安全操作规范: 留样量不少于 125 g, 冷藏 0-8 °C, 保存 48 小时以上).
"""

from dataclasses import dataclass
from typing import Final

from devices.gateway.table import Table
from ledger.errors import MalformedError

_DEVICE: Final = r"device:[A-Za-z0-9._~-]{1,128}"
_CANTEEN: Final = r"canteen:[0-9]{10}~[0-9]{2}"
_CODE: Final = r"[a-z][a-z0-9-]{0,63}"
_RECORD: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Settings:
    """What is decided about one cabinet; units in the names.

    Attributes:
        device: its subject.
        canteen: whose it is.
        place: what kind of place it is in a temperature-log, `sample-cabinet`.
        slots: names of its slots, in the order of its registers.
        poll_s: seconds from one look to the next.
        interval_s: seconds from one logged temperature to the next.
        batch_readings: a batch closes at so many readings,
        batch_minutes: or after so many minutes, whichever comes first.
        stale_s: a temperature older than this is none.
        low_mC: below this it is too cold; None: never.
        high_mC: above this it is too warm.
        hysteresis_mC: an excursion is over once it is back within the limit by so much.
        delay_s: an excursion shorter than this is no alarm: a door stood open.
        retain_h: hours that a sample is kept.
        minimum_g: less than this is too little, which is said at once and recorded all the same.
        occupied_g: from this weight on something lies in a slot.
        container_g: weight of an empty container, taken off.
        settle_looks: equal looks, with the door closed, before a change is believed.
        return_s: a sample taken out before its time may come back within this.
        disposal: what this kitchen does with old samples.
        fault_s: a fault that lasts so long is told in a device-status.
        stuck_s: a temperature that did not move for so long is a probe's that hangs.
        outage_s: without temperatures for so long, an outage is declared when they come back; 0: never.
        status_s: a device-status at least so often.
        calibration: record of the probe's calibration.
    """

    device: str
    canteen: str
    place: str = "sample-cabinet"
    slots: tuple[str, ...] = ()
    poll_s: float = 5.0
    interval_s: int = 300
    batch_readings: int = 12
    batch_minutes: int = 60
    stale_s: float = 60.0
    low_mC: int | None = 0
    high_mC: int = 8_000
    hysteresis_mC: int = 500
    delay_s: float = 600.0
    retain_h: int = 48
    minimum_g: int = 125
    occupied_g: int = 20
    container_g: int = 0
    settle_looks: int = 2
    return_s: float = 1_800.0
    disposal: str = "kitchen-waste"
    fault_s: float = 120.0
    stuck_s: float = 21_600.0
    outage_s: float = 1_800.0
    status_s: float = 21_600.0
    calibration: str | None = None

    def __post_init__(self) -> None:
        """Limits leave room between them, hysteresis included."""
        room = self.high_mC - (self.low_mC if self.low_mC is not None else self.high_mC - 10**6)
        if room <= 2 * self.hysteresis_mC:
            raise MalformedError("high_mC, low_mC: no room between the limits and their hysteresis")

    @property
    def school(self) -> str:
        """The canteen's school."""
        return "school:" + self.canteen.partition(":")[2].partition("~")[0]


def read(table: Table) -> Settings:
    """The settings of a table; keys of the transports are left for their own readers.

    Raises:
        MalformedError: a value that is none.
    """
    low: int | None = None
    if table.flag("low_alarm", default=True):
        low = table.integer("low_mC", 0, least=-60_000, most=100_000)
    return Settings(
        device=table.text("device", pattern=_DEVICE),
        canteen=table.text("canteen", pattern=_CANTEEN),
        place=table.text("place", "sample-cabinet", pattern=_CODE),
        slots=table.texts("slots", ()),
        poll_s=table.number("poll_s", 5.0, least=0.01, most=600),
        interval_s=table.integer("interval_s", 300, least=1, most=3_600),
        batch_readings=table.integer("batch_readings", 12, least=1, most=1_440),
        batch_minutes=table.integer("batch_minutes", 60, least=1, most=1_440),
        stale_s=table.number("stale_s", 60.0, least=0.1, most=3_600),
        low_mC=low,
        high_mC=table.integer("high_mC", 8_000, least=-60_000, most=100_000),
        hysteresis_mC=table.integer("hysteresis_mC", 500, least=0, most=20_000),
        delay_s=table.number("delay_s", 600.0, least=0, most=_DAY_S),
        retain_h=table.integer("retain_h", 48, least=1, most=24 * 30),
        minimum_g=table.integer("minimum_g", 125, least=0, most=10_000),
        occupied_g=table.integer("occupied_g", 20, least=1, most=10_000),
        container_g=table.integer("container_g", 0, least=0, most=10_000),
        settle_looks=table.integer("settle_looks", 2, least=1, most=100),
        return_s=table.number("return_s", 1_800.0, least=0, most=_DAY_S),
        disposal=table.text("disposal", "kitchen-waste", pattern=_CODE),
        fault_s=table.number("fault_s", 120.0, least=0, most=_DAY_S),
        stuck_s=table.number("stuck_s", 21_600.0, least=1, most=30 * _DAY_S),
        outage_s=table.number("outage_s", 1_800.0, least=0, most=30 * _DAY_S),
        status_s=table.number("status_s", 21_600.0, least=1, most=_DAY_S),
        calibration=table.text("calibration", None, pattern=_RECORD),
    )
