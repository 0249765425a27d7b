"""Codes that the devices put into records are listed with their types, and have a Chinese name."""

from collections.abc import Iterable

import pytest

from devices.cabinet import records as cabinet
from devices.terminal.dialects import canteen_checker
from ledger.evidence import catalogue, values

LENS_AND_MOTION = ("covered-lens", "camera-moved", "frozen-stream", "night-motion")


@pytest.mark.parametrize(
    ("kind", "field", "codes"),
    [
        ("inspection-alert", "alert_kind", LENS_AND_MOTION),
        (
            "sample-disposed",
            "reason_code",
            (cabinet.TIME_UP, cabinet.EARLY, cabinet.UNSEEN),
        ),
        ("sample-disposed", "disposal", (cabinet.NOT_STATED, "kitchen-waste")),
        ("outage", "cause", ("gateway-stopped", "device-failure", "network")),
        ("morning-check", "identity_method", canteen_checker.METHODS.values()),
        ("morning-check", "symptoms", (*canteen_checker.SYMPTOMS.values(), "other")),
    ],
)
def test_a_code_of_the_devices_is_known(kind: str, field: str, codes: Iterable[str]) -> None:
    known = catalogue.get(kind).known[field]
    assert set(codes) <= set(known)


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        ("alert_kind", LENS_AND_MOTION),
        ("reason_code", (cabinet.TIME_UP, cabinet.EARLY, cabinet.UNSEEN)),
        ("disposal", (cabinet.NOT_STATED, "kitchen-waste")),
        ("cause", ("gateway-stopped",)),
        ("identity_method", canteen_checker.METHODS.values()),
    ],
)
def test_it_has_a_chinese_name(field: str, codes: Iterable[str]) -> None:
    wanted = set(codes)
    assert values.in_chinese(field, wanted).keys() == wanted
