"""A page's lines made into a reading (识别结果): fields, how sure each is, and which a person must confirm.

    lines → kind of paper → field by field: value, score, doubt → Reading

Recognition fails quietly: on bad photos a Y was read as V at a score of 0.53, where right readings had
0.90 and more (DOMAIN §5). So a field is in doubt below the floor, where its check digit fails, where it
is missing, and where it contradicts another; whatever is in doubt, a person confirms. A reading is
never mended here, not even where one other character would make the check digit hold.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from devices.camera.ocr import Line
from devices.intake import dates, layout
from devices.intake.layout import Found
from devices.intake.papers import PAPERS, TITLES, Paper, paper
from ledger.errors import MalformedError
from ledger.evidence import numbers

FLOOR_PPM: Final = 900_000

OPTIONAL: Final = frozenset({"credit_code", "name"})
"""Read to be held against the holder; the record has no such field."""

DOUBTS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("not found on the page", "页面上未找到"),
    "unsure": ("read with little confidence", "识别置信度低"),
    "check-digit": ("the check digit does not hold", "校验位不符"),
    "no-date": ("is no day", "不是有效日期"),
    "order": ("comes before an earlier day", "日期先后矛盾"),
    "too-long": ("is further away than such a paper lasts", "超过该证照最长有效期"),
    "other-holder": ("is not the holder's credit code", "与持证主体信用代码不一致"),
}
"""Why a person must look, in English and Chinese."""

_NUMBERS: Final = {
    "jy": re.compile(r"JY[0-9A-Z]{14}(?![0-9A-Z])"),
    "sc": re.compile(r"SC[0-9A-Z]{14}(?![0-9A-Z])"),
    "uscc": re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a paper.

    Attributes:
        name: the record's, or `name` or `credit_code`.
        value: None where nothing was found.
        score_ppm: how sure the reader was; 0 where nothing was found.
        doubts: keys of DOUBTS; empty: it may be taken as it is.
        typed: whether a person typed it, instead of the reader.
        confirmed: whether a person held it against the scan.
        read: the value as the reader had it, where a person typed another one.
        cleared: the doubts that a person's word took away.
    """

    name: str
    value: str | None
    score_ppm: int
    doubts: tuple[str, ...] = ()
    typed: bool = False
    confirmed: bool = False
    read: str | None = None
    cleared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a paper.

    Attributes:
        paper: its kind.
        fields: by name, in the order of the paper's.
    """

    paper: Paper
    fields: Mapping[str, Field]

    @property
    def doubtful(self) -> list[Field]:
        """Fields that a person must confirm."""
        return [field for field in self.fields.values() if field.doubts]

    @property
    def score_ppm(self) -> int:
        """The least score of the record's fields that the reader read; 0 where it read none."""
        return min(
            (
                field.score_ppm
                for field in self.fields.values()
                if field.value is not None and not field.typed and field.name not in OPTIONAL
            ),
            default=0,
        )

    def value(self, name: str) -> str | None:
        """The value of a field; None where there is none."""
        field = self.fields.get(name)
        return None if field is None else field.value

    def confirmed(self, name: str, value: str | None = None) -> "Reading":
        """The same after a person looked: at the value as it was read, or with another one.

        Raises:
            MalformedError: the value is none for this field: no date, or a wrong check digit.
        """
        field = self.fields[name]
        typed = value is not None and value != field.value
        taken = value if typed else field.value
        if name not in OPTIONAL:
            wrong = _wrong(self.paper, name, taken)
            if wrong:
                raise MalformedError(f"{name} {DOUBTS[wrong][0]}")
        fields = {
            **self.fields,
            name: replace(
                field,
                value=taken,
                doubts=(),
                typed=typed or field.typed,
                confirmed=True,
                read=field.value if typed and not field.typed else field.read,
                cleared=field.doubts or field.cleared,
            ),
        }
        return Reading(self.paper, fields)


def kind_of(lines: Sequence[Line]) -> str | None:
    """Which paper it is, by what stands on it; None where nothing says so."""
    texts = [layout.plain(line.text) for line in lines]
    return next((kind for title, kind in TITLES if any(title in text for text in texts)), None)


def read(
    lines: Sequence[Line],
    *,
    kind: str | None = None,
    credit_code: str | None = None,
    floor_ppm: int = FLOOR_PPM,
) -> Reading:
    """Read a page.

    Args:
        lines: as they were recognised.
        kind: of the paper; None: by its title.
        credit_code: the holder's, where it is known, to be held against the paper's.
        floor_ppm: the score below which a field is in doubt.

    Raises:
        MalformedError: nothing says what paper it is.
    """
    found = kind or kind_of(lines)
    if found is None or found not in {one.kind for one in PAPERS}:
        raise MalformedError("the page does not say what paper it is: name its kind")
    wanted = paper(found)
    fields = {name: _field(lines, wanted, name, floor_ppm) for name in wanted.labels}
    return _contradictions(Reading(wanted, fields), credit_code)


def _field(lines: Sequence[Line], wanted: Paper, name: str, floor_ppm: int) -> Field:
    given = layout.beside(lines, wanted.labels[name])
    scheme = "uscc" if name == "credit_code" else wanted.scheme
    if name in ("certificate_no", "credit_code") and scheme in _NUMBERS:
        given = _number(lines, given, scheme)
    if given is None:
        return Field(name, None, 0, () if name in OPTIONAL else ("missing",))
    value: str | None = given.text
    if name in wanted.dates:
        value = dates.last_day(given.text)
    doubts = []
    wrong = _wrong(wanted, name, value)
    if wrong:
        doubts.append(wrong)
    if given.score_ppm < floor_ppm:
        doubts.append("unsure")
    return Field(name, value, given.score_ppm, tuple(doubts))


def _number(lines: Sequence[Line], beside: Found | None, scheme: str) -> Found | None:
    """The number beside its label, cut to the form; else the first of that form on the page."""
    form = _NUMBERS[scheme]
    if beside is not None:
        text = beside.text.upper()
        match = form.search(text)
        return Found(match[0] if match else text, beside.score_ppm)
    for line in lines:
        match = form.search(layout.plain(line.text).upper())
        if match:
            return Found(match[0], line.score_ppm)
    return None


def _wrong(wanted: Paper, name: str, value: str | None) -> str | None:
    """What is wrong with a value by itself: a key of DOUBTS, or None."""
    if value is None or not value.strip():
        return "no-date" if name in wanted.dates else "missing"
    if name in wanted.dates:
        if value == dates.OPEN_ENDED:
            return None if name == "valid_until" and wanted.longest_years is None else "no-date"
        return None if list(dates.dates(value)) == [value] else "no-date"
    if name == "certificate_no" and not numbers.holds(value, wanted.scheme):
        return "check-digit"
    if name == "credit_code" and not numbers.is_uscc(value):
        return "check-digit"
    return None


def _contradictions(reading: Reading, credit_code: str | None) -> Reading:
    """Doubts that only show between fields, or against what is known of the holder."""
    doubts: dict[str, str] = {}
    examined, issued, until = (
        _day(reading.value(name)) for name in ("examined_on", "issued_on", "valid_until")
    )
    if examined and issued and issued < examined:
        doubts["issued_on"] = "order"
    if issued and until and until < issued:
        doubts["valid_until"] = "order"
    longest = reading.paper.longest_years
    if longest and issued and until and (until - issued).days > 366 * longest:
        doubts["valid_until"] = "too-long"
    shown = "certificate_no" if reading.paper.scheme == "uscc" else "credit_code"
    if credit_code is not None and reading.value(shown) not in (None, credit_code):
        doubts[shown] = "other-holder"
    fields = {
        name: replace(field, doubts=(*field.doubts, doubts[name])) if name in doubts else field
        for name, field in reading.fields.items()
    }
    return Reading(reading.paper, fields)


def _day(text: str | None) -> date | None:
    found = list(dates.dates(text or ""))
    return date.fromisoformat(found[0]) if found else None
