"""One kitchen's week: every type of staff, kitchen and devices posts to the real service."""

from typing import Any

import pytest
from playground import Running, example

from ledger.evidence import catalogue
from ledger.evidence.examples import school_day as day

# As the records come about: the bureau's and the school's plans, the day, what is left of it.
WEEK = (
    "recipe-standard", "serving-calendar", "staff-registration", "health-certificate", "consent",
    "menu", "shift-roster", "device-status", "morning-check", "cooking-step", "sample-retained",
    "temperature-log", "meal-service", "companion-meal", "waste-log", "outage", "sample-disposed",
    "nutrition-profile", "satisfaction-survey",
)  # fmt: skip


@pytest.fixture(scope="module")
def posted(running: Running) -> dict[str, int]:
    """From each type to the index of its example."""
    indices = {}
    for name in WEEK:
        request = dict(catalogue.get(name).example)
        client = running.as_(request["issuer"])
        for blob in request.get("blobs", ()):
            data = day.FILES[blob["sha256"]]
            sent = client.post(
                "/v1/blobs", content=data, headers={"Content-Type": blob["media_type"]}
            )
            assert sent.status_code == 201, sent.text
        answer = client.post("/v1/records", json=request)
        assert answer.status_code == 201, (name, answer.text)
        indices[name] = answer.json()["index"]
    return indices


def test_the_week_is_in_the_log_in_its_order(posted: dict[str, int]) -> None:
    assert list(posted) == list(WEEK)
    assert sorted(posted.values()) == list(posted.values())


def test_a_dish_s_history_runs_from_the_menu_to_the_bin(
    running: Running, posted: dict[str, int]
) -> None:
    dish = f"dish:2105020001~01~{day.DAY}~lunch~d-4"

    told = running.as_(day.AUDITOR).get(f"/v1/subjects/{dish}/history")

    assert told.status_code == 200, told.text
    assert [entry["index"] for entry in told.json()["entries"]] == [
        posted[name]
        for name in (
            "menu", "cooking-step", "sample-retained", "meal-service", "companion-meal",
            "sample-disposed",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "issuer", "another"),
    [
        ("recipe-standard", day.SCHOOL, {"recipe_code": "R-018"}),
        ("serving-calendar", day.SCHOOL, {"calendar_no": "GC-2"}),
        ("menu", day.LABOUR, {"menu_no": "SP-2"}),
        ("meal-service", day.LABOUR, {"sitting_no": 2}),
        ("temperature-log", day.SCHOOL, {"counter_from": 20_169, "counter_until": 20_176}),
        ("staff-registration", day.SUPPLIER, {"works_from": "2026-09-02"}),
        ("companion-meal", day.ADMISSION, {"meal": "dinner"}),
        ("sample-disposed", day.FUNDS, {"container_code": "C-89"}),
        ("outage", day.REGULATOR, {"outage_no": "TY-2"}),
    ],
)
def test_who_is_no_poster_is_refused(
    running: Running, name: str, issuer: str, another: dict[str, Any]
) -> None:
    request = example(name, **another) | {"issuer": issuer}
    request.pop("blobs", None)

    answer = running.as_(issuer).post("/v1/records", json=request)

    assert answer.status_code == 403, answer.text
    assert answer.json()["type"] == "urn:mealtrace:problem:forbidden-type"


def test_a_labour_firm_rosters_only_its_own(running: Running) -> None:
    request = example("shift-roster", employer=day.SCHOOL, roster_no="PB-2")

    answer = running.as_(day.LABOUR).post("/v1/records", json=request)

    assert answer.status_code == 403, answer.text
    assert answer.json()["type"] == "urn:mealtrace:problem:not-your-subject"
