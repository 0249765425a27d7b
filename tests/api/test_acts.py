"""Acts over HTTP: refused with their cause in both languages, whole batches too; facts never."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playground import Running, embedded, example, serving

from api.audit import local
from ledger.evidence.examples import school_day as day


def order(**changes: Any) -> dict[str, Any]:
    return example("order", order_no=f"A-{uuid.uuid4().hex[:12]}", **changes)


def freeze() -> dict[str, Any]:
    """A regulator freezes the example's canteen."""
    begun = example("risk-response", accountable=day.HEAD)
    return {**begun, "issuer": day.REGULATOR}


def lift(freeze: dict[str, Any]) -> dict[str, Any]:
    """The same regulator lets it go on."""
    ended = example("freeze-lift", freeze=freeze["id"])
    return {**ended, "links": [{"rel": "lifts", "id": freeze["id"]}]}


@pytest.fixture
def frozen(settled: Callable[[Path], dict[str, str]], tmp_path: Path) -> Any:
    """A service whose canteen is frozen, an order from before, and the freeze."""
    tokens = settled(tmp_path)
    with serving(embedded(tmp_path), tokens) as running:
        before = order()
        assert running.as_(day.SCHOOL).post("/v1/records", json=before).status_code == 201
        begun = freeze()
        answer = running.as_(day.REGULATOR).post("/v1/records", json=begun)
        assert answer.status_code == 201, answer.text
        yield running, before, begun


def test_a_frozen_canteen_orders_nothing_and_is_told_why(
    frozen: tuple[Running, dict[str, Any], dict[str, Any]],
) -> None:
    running, before, begun = frozen
    school = running.as_(day.SCHOOL)

    answer = school.post("/v1/records", json=order())
    replay = school.post("/v1/records", json=before)

    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"] == "urn:mealtrace:problem:rule-blocked"
    assert problem["retry"] is False
    (fault,) = problem["errors"]
    assert fault["record"] == begun["id"]
    assert fault["pointer"] == "/payload/canteen"
    assert "frozen" in fault["message_en"]
    assert "冻结供餐" in fault["message_zh"]
    assert replay.status_code == 200
    refused = school.get("/v1/refusals").json()["refusals"]
    assert refused[0]["code"] == "rule-blocked"


def test_the_lift_lets_it_order_again_and_the_audit_derives_the_same(
    frozen: tuple[Running, dict[str, Any], dict[str, Any]],
) -> None:
    running, _, begun = frozen
    answer = running.as_(day.REGULATOR).post("/v1/records", json=lift(begun))
    assert answer.status_code == 201, answer.text

    assert running.as_(day.SCHOOL).post("/v1/records", json=order()).status_code == 201
    report = local.audit(running.settings)
    assert not [finding for finding in report.findings if "act rules" in finding.where]


@pytest.mark.parametrize("atomic", [False, True])
def test_a_batch_is_judged_line_by_line_and_an_atomic_one_whole(
    frozen: tuple[Running, dict[str, Any], dict[str, Any]], *, atomic: bool
) -> None:
    running, before, begun = frozen
    fact = example("rejection", rejection_no=f"R-{uuid.uuid4().hex[:12]}")
    lines = [before, order(), fact]

    answer = running.as_(day.SCHOOL).post(
        f"/v1/records:batch?atomic={str(atomic).lower()}",
        content="".join(json.dumps(line) + "\n" for line in lines),
        headers={"Content-Type": "application/x-ndjson"},
    )

    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [line.get("status") for line in told[:3]] == (
        [409, 409, 409] if atomic else [200, 409, 201]
    )
    assert told[1]["problem"]["errors"][0]["record"] == begun["id"]
