"""A recall lists everything downstream of its lot: goods, dishes, samples, money, late ones too."""

from typing import Any

import pytest
from playground import Running, example

from ledger.evidence.examples import school_day as day

PORK, SPINACH = ("pork-leg", "ZT-1"), ("spinach", "BC-1")
ON = "2026-11-25"
ORDER = "order:2105020001~R-1"


def post(running: Running, name: str, issuer: str, *links: dict[str, str], **payload: Any) -> str:
    """The type's example with these fields of the payload; its record's id."""
    request = example(name, **payload)
    request["issuer"], request["links"] = issuer, list(links)
    client = running.as_(issuer)
    for blob in request.get("blobs", ()):
        headers = {"Content-Type": blob["media_type"]}
        sent = client.post("/v1/blobs", content=day.FILES[blob["sha256"]], headers=headers)
        assert sent.status_code == 201, sent.text
    answer = client.post("/v1/records", json=request)
    assert answer.status_code == 201, (name, answer.text)
    return str(answer.json()["id"])


def line(item: tuple[str, str], number: int) -> dict[str, Any]:
    return {
        "line_no": number, "item_code": item[0], "item_name": item[0], "lot_no": item[1],
        "quantity": 1000, "unit": "g",
    }  # fmt: skip


def cooked(running: Running, code: str, item: tuple[str, str]) -> str:
    return post(
        running, "cooking-step", day.SCHOOL, meal_on=ON, dish_code=code, batch_no="1",
        accountable=day.COOK,
        ingredients=[
            {
                "item_code": item[0], "item_name": item[0], "quantity": 1000, "unit": "g",
                "supplier": day.SUPPLIER, "lot_no": item[1],
            }
        ],
    )  # fmt: skip


def kept(running: Running, code: str) -> str:
    return post(running, "sample-retained", day.GATEWAY, meal_on=ON, dish_code=code)


@pytest.fixture(scope="module")
def ids(running: Running) -> dict[str, str]:
    """Pork and spinach in one van, a dish of each."""
    found = {}
    found["van"] = post(
        running, "dispatch", day.SUPPLIER, {"rel": "fulfils", "subject": ORDER},
        dispatch_no="R-1", order=ORDER, lines=[line(PORK, 1), line(SPINACH, 2)],
    )  # fmt: skip
    found["stew"], found["salad"] = cooked(running, "R1", PORK), cooked(running, "R2", SPINACH)
    found["stew kept"], found["salad kept"] = kept(running, "R1"), kept(running, "R2")
    found["recall"] = post(
        running, "recall", day.SUPPLIER, recall_no="R-1", supplier=day.SUPPLIER, item_code=PORK[0],
        item_name="pork", lots=[PORK[1]],
    )  # fmt: skip
    return found


def reached(running: Running, ids: dict[str, str], start: str, direction: str) -> set[str]:
    path = f"/v1/records/{ids[start]}/trace?direction={direction}"
    answer = running.as_(day.AUDITOR).get(path)
    assert answer.status_code == 200, answer.text
    there = {node["id"] for node in answer.json()["nodes"]}
    return {name for name, record in ids.items() if record in there}


def test_a_recall_lists_what_became_of_its_lot_and_nothing_of_the_other(
    running: Running, ids: dict[str, str]
) -> None:
    assert reached(running, ids, "recall", "down") == {"recall", "van", "stew", "stew kept"}


def test_a_recall_lists_what_arrives_after_it(running: Running, ids: dict[str, str]) -> None:
    late = {**ids, "late": cooked(running, "R3", PORK)}

    assert "late" in reached(running, late, "recall", "down")


def test_who_looks_up_from_a_sample_meets_the_recall(running: Running, ids: dict[str, str]) -> None:
    assert "recall" in reached(running, ids, "stew kept", "up")
    assert "recall" not in reached(running, ids, "salad kept", "up")
