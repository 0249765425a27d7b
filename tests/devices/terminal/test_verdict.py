"""Fit or unfit: never better than the facts."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from devices.local.people import Member
from devices.terminal.check import HANDS, Check, milli_degrees, moment_ms
from devices.terminal.verdict import Rule, day_of, decide
from ledger.errors import MalformedError

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 27)
COOK = Member(("1",), "person:c3xw6ofm2ktq7vzj5ynbhapdre", "0" * 36, "2026-11-27")
NOON = 1_795_749_600_000


def check(found: str = "", **changes: Any) -> Check:
    said: dict[str, Any] = {
        "terminal": "MC-01", "uuid": "u", "code": "1", "identity_method": "face",
        "forehead_mC": 36_400, "checked_at_ms": NOON,
        "hands": {name: name == found for name in HANDS}, "overall": "fit",
    }  # fmt: skip
    return Check(**{**said, **changes})


@pytest.mark.parametrize(
    ("change", "member", "reasons"),
    [
        ({}, COOK, ()),
        ({"forehead_mC": 37_300}, COOK, ()),
        ({"forehead_mC": 37_301}, COOK, ("fever",)),
        ({"forehead_mC": 35_900}, COOK, ()),
        ({"forehead_mC": 34_800}, COOK, ("measured-too-cold",)),
        ({"found": "foreign_body"}, COOK, ("hands-foreign-body",)),
        ({"symptoms": ("diarrhoea",)}, COOK, ("symptom-diarrhoea",)),
        ({"overall": "unfit"}, COOK, ("terminal",)),
        ({"overall": None}, COOK, ()),
        ({}, Member(("1",), COOK.person, "0" * 36, "2026-11-26"), ("certificate-lapsed",)),
        ({}, Member(("1",), COOK.person), ("certificate-lapsed",)),
    ],
)
def test_every_reason_makes_unfit_and_is_named(
    change: dict[str, Any], member: Member, reasons: tuple[str, ...]
) -> None:
    verdict = decide(check(**change), member, TODAY, Rule())

    assert verdict.reasons == reasons
    assert verdict.result == ("unfit" if reasons else "fit")


def test_a_kitchen_may_let_a_plaster_pass() -> None:
    rule = Rule(hands=[name for name in HANDS if name != "plaster"])

    assert decide(check("plaster"), COOK, TODAY, rule).result == "fit"
    assert decide(check("wound"), COOK, TODAY, rule).result == "unfit"


def test_the_certificate_is_asked_for_on_the_claimed_day_if_that_can_be() -> None:
    day = 86_400_000
    assert day_of(check(checked_at_ms=NOON - 2 * day), NOON, ZONE) == date(2026, 11, 25)
    assert day_of(check(checked_at_ms=NOON - 2000 * day), NOON, ZONE) == TODAY


@pytest.mark.parametrize(
    ("text", "mC"), [("36.4", 36_400), ("36", 36_000), ("36.45", 36_450), ("036.125", 36_125)]
)
def test_degrees_become_thousandths_exactly(text: str, mC: int) -> None:
    assert milli_degrees(text) == mC


@pytest.mark.parametrize("text", ["", "36,4", "-1", "36.", "1e2", "36.4000", "３６.4", "nan"])
def test_what_is_no_temperature_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        milli_degrees(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27 11:20:00",
        "2026/11/27 11:20:00",
        "2026-11-27T03:20:00Z",
        "1795749600",
        "1795749600000",
    ],
)
def test_times_are_read_in_the_terminals_zone(text: str) -> None:
    assert moment_ms(text, ZONE) == NOON
