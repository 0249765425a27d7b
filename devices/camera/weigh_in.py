"""A weighing made into the record `weigh-in` (拍照称重): weight, raw frame, photo, display, clock.

    Weighing (scale)  +  Goods (who unloads)  +  Photo (camera)  +  counter, clock (sink)  →  Observation

Pure: everything comes as arguments. `station.py` gathers them at the moment the weight is stable.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from devices.gateway.driver import Attachment, Clock, Observation
from ledger import timestamp
from ledger.canonical import JsonInput
from ledger.encoding import b64
from ledger.errors import MalformedError
from ledger.statement import Link

_MG: Final = 1000


@dataclass(frozen=True, slots=True)
class Weighing:
    """A stable weight as a scale gave it: what a record needs to know of it.

    Attributes:
        gross_mg: weight with its container, in milligrams.
        tare_mg: weight of the container.
        stable: whether the scale said that it stood still, or the readings were equal.
        equal_readings: how many equal readings in a row the weight rests on.
        protocol: as the type `weigh-in` names it, `yaohua-continuous`.
        raw_frame: the bytes it was read from.
        at_ms: when it was read, milliseconds since 1970.
        tare_source: stored, weighed, preset, none; unknown where the scale shows net and no tare is
            known: then tare is 0, and gross is the displayed weight.
        division_mg: the displayed step, where the place names none.
    """

    gross_mg: int
    tare_mg: int
    stable: bool
    equal_readings: int
    protocol: str
    raw_frame: bytes
    at_ms: int
    tare_source: str = "none"
    division_mg: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where the scale stands; the same for all its weigh-ins.

    Attributes:
        school: subject of the school.
        canteen: subject of the canteen.
        scale: subject of the scale, `device:…`.
        calibration: id of the calibration record in force.
        division_mg: the smallest step that it shows, as its plate has it; 0: as displayed.
    """

    school: str
    canteen: str
    scale: str
    calibration: str
    division_mg: int


@dataclass(frozen=True, slots=True)
class Goods:
    """What lies on the scale, as whoever stands there says.

    Attributes:
        item_code: the item's code.
        direction: inbound, outbound, return or waste.
        supplier: whose delivery it is, or None.
        order: which order it is for, or None.
        order_line_no: which line of it, or None.
        lot_no: the lot, or None.
        attended_by: pseudonyms of those who stand at the scale.
        links: to the order or the dispatch.
    """

    item_code: str
    direction: str = "inbound"
    supplier: str | None = None
    order: str | None = None
    order_line_no: int | None = None
    lot_no: str | None = None
    attended_by: Sequence[str] = ()
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Photo:
    """The photo of a weighing, and what was found in it.

    Attributes:
        data: a JPEG file.
        taken_at_ms: when it was taken.
        phash: its perceptual hash; None of a card that stands for a photo.
        shown_g: grams read off the display, None where they could not be.
        findings: of `checks.py`, in the order found.
        measured: the figures that they rest on.
    """

    data: bytes
    taken_at_ms: int
    phash: str | None
    shown_g: int | None
    findings: Sequence[str] = ()
    measured: dict[str, int] = field(default_factory=dict)


def grams(weight_mg: int) -> int:
    """Milligrams in grams, half a gram rounded away from zero."""
    return (abs(weight_mg) + _MG // 2) // _MG * (1 if weight_mg >= 0 else -1)


def weigh_in(
    weighing: Weighing, place: Place, goods: Goods, photo: Photo, *, counter: int, clock: Clock
) -> Observation:
    """The observation of a weighing.

    Gross and tare are rounded to grams, and net is their difference: net rounded by itself could
    differ from it by a gram, which the type refuses. The raw frame has every digit.

    Raises:
        MalformedError: there is no raw frame, which is what makes it a reading.
    """
    if not weighing.raw_frame:
        raise MalformedError("a weighing without the bytes it was read from is none")
    gross_g, tare_g = grams(weighing.gross_mg), grams(weighing.tare_mg)
    payload: dict[str, JsonInput] = {
        "school": place.school,
        "canteen": place.canteen,
        "item_code": goods.item_code,
        "direction": goods.direction,
        "gross_g": gross_g,
        "tare_g": tare_g,
        "net_g": gross_g - tare_g,
        "entry_mode": "device",
        "photo_taken_at": timestamp.format(photo.taken_at_ms),
        "display_ocr_g": photo.shown_g,
        "scale": place.scale,
        "counter": counter,
        "calibration": place.calibration,
        "division_mg": place.division_mg or weighing.division_mg,
        "tare_source": weighing.tare_source,
        "stable": weighing.stable,
        "stable_readings": weighing.equal_readings,
        "protocol": weighing.protocol,
        "raw_frame": b64(weighing.raw_frame),
        "clock_state": clock.state,
        "clock_offset_ms": clock.offset_ms,
    }
    said = {
        "supplier": goods.supplier,
        "order": goods.order,
        "order_line_no": goods.order_line_no,
        "lot_no": goods.lot_no,
        "attended_by": list(goods.attended_by) or None,
        "photo_phash": photo.phash,
        "ext": _ext(photo),
    }
    payload.update({name: value for name, value in said.items() if value is not None})
    return Observation(
        device=place.scale,
        type="weigh-in",
        payload=payload,
        occurred_at_ms=weighing.at_ms,
        files={"photo": [Attachment(photo.data, "image/jpeg")]},
        links=tuple(goods.links),
    )


def _ext(photo: Photo) -> dict[str, JsonInput] | None:
    if not photo.findings:
        return None
    return {"photo_findings": list(photo.findings), "photo_measured": dict(photo.measured)}
