"""Examples of what went wrong: an incident, and a cabinet too warm."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CABINET,
    CANTEEN,
    COOK,
    DAY,
    GATEWAY,
    HEAD,
    SCHOOL,
    record,
)

INCIDENT: Final[dict[str, Any]] = {
    "id": record(0xC2),
    "type": "incident",
    "occurred_at": "2026-11-23T14:30:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "incident_no": "SJ-2026-03",
        "school": SCHOOL,
        "canteen": CANTEEN,
        "incident_kind": "illness",
        "severity": "major",
        "noticed_at": "2026-11-23T13:50:00+08:00",
        "first_onset_at": "2026-11-23T13:30:00+08:00",
        "symptoms": ["vomiting", "abdominal-pain"],
        "persons_affected": 3,
        "persons_hospitalised": 0,
        "meal_on": DAY,
        "meal": "lunch",
        "dish_codes": ["braised-pork"],
        "measures_taken": ["serving-stopped", "samples-sealed", "medical-care"],
        "samples_sealed": True,
        "reported_to": ["education-bureau", "market-regulator"],
        "reported_at": "2026-11-23T14:20:00+08:00",
        "accountable": HEAD,
    },
}

INCIDENT_REFUSED: Final = (
    Refused("more in hospital than affected", {"/payload/persons_hospitalised": 4},
            "/payload/persons_hospitalised", "more-than-affected"),
    Refused("reported, but nobody knows when", {"/payload/reported_at": ...},
            "/payload/reported_at", "reported"),
    Refused(
        "reported before anybody noticed",
        {"/payload/reported_at": "2026-11-23T13:00:00+08:00"},
        "/payload/reported_at",
        "period",
    ),
    Refused("a dish of no meal", {"/payload/meal": ...}, "/payload/meal", "which-meal"),
    Refused("a canteen of another school", {"/payload/canteen": "canteen:2105020002~01"},
            "/payload/canteen", "other-school"),
    Refused("nothing done about it", {"/payload/measures_taken": []},
            "/payload/measures_taken", "too-few"),
    Refused("nobody who answers for it", {"/payload/accountable": ...},
            "/payload/accountable", "missing"),
)  # fmt: skip

TEMPERATURE_ALARM: Final[dict[str, Any]] = {
    "id": record(0xC3),
    "type": "temperature-alarm",
    "occurred_at": "2026-11-23T13:12:40+08:00",
    "issuer": GATEWAY,
    "payload": {
        "canteen": CANTEEN,
        "cabinet": CABINET,
        "zone": "sample-cabinet",
        "direction": "above",
        "limit_mC": 8_000,
        "limit_set_at": "2026-09-01T08:00:00+08:00",
        "extreme_mC": 10_600,
        "readings": 12,
        "started_at": "2026-11-23T13:01:10+08:00",
        "ended_at": None,
    },
}

TEMPERATURE_ALARM_REFUSED: Final = (
    Refused("a reading within the limit", {"/payload/extreme_mC": 8_000},
            "/payload/extreme_mC", "within-limit"),
    Refused(
        "too cold, at ten degrees",
        {"/payload/direction": "below"},
        "/payload/extreme_mC",
        "within-limit",
    ),
    Refused(
        "an end before the beginning",
        {"/payload/ended_at": "2026-11-23T13:00:00+08:00"},
        "/payload/ended_at",
        "period",
    ),
    Refused("no reading", {"/payload/readings": 0}, "/payload/readings", "too-small"),
    Refused("a person who answers for a device", {"/payload/accountable": COOK},
            "/payload/accountable", "unknown-field"),
)  # fmt: skip
