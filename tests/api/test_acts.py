"""Acts over HTTP: refused with their cause in both languages, whole batches too; facts never."""

import json
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playground import Running, embedded, example, serving

from api.audit import local
from api.installation import open_installation
from ledger import canonical, commitment, statement
from ledger.evidence.draft import Draft, prepare
from ledger.evidence.examples import school_day as day
from ledger.statement import Link

BEGIN = "2026-11-23T06:12:11.120Z"


def order(**changes: Any) -> dict[str, Any]:
    return example("order", order_no=f"A-{uuid.uuid4().hex[:12]}", **changes)


def said(running: Running, kind: str, payload: dict[str, Any], links: list[Link]) -> Draft:
    """What a regulator says of the example's canteen, put together from its parts."""
    with closing(open_installation(running.settings)) as opened:
        ledger = opened.ledger
    seed, record_id = bytes(32), str(uuid.uuid4())
    commit = commitment.commit(payload, seed, record_id)
    request = {**example("order"), "id": record_id}
    draft = prepare(request, submitter=day.SCHOOL, ledger=ledger, new_seed=seed)
    return replace(
        draft,
        statement=statement.build(
            id=record_id,
            issuer=day.REGULATOR,
            ledger=ledger,
            links=links,
            occurred_at=BEGIN,
            payload_root=commit.root,
            payload_fields=commit.fields,
            subjects=(day.CANTEEN, day.SCHOOL),
            type=kind,
        ),
        submitter=day.REGULATOR,
        payload=canonical.serialise(payload),
        document_key=None,
        bound_party=None,
        posters=frozenset({"regulator"}),
    )


def freeze(running: Running) -> Draft:
    payload = {"response": "freeze", "held_back": ["serving"], "effective_from": BEGIN}
    return said(running, "risk-response", payload, [])


def append(running: Running, draft: Draft) -> None:
    """By another process than the service."""
    with closing(open_installation(running.settings)) as opened:
        (outcome,) = opened.store.append([draft])
        assert not isinstance(outcome, Exception), outcome


@pytest.fixture
def frozen(settled: Callable[[Path], dict[str, str]], tmp_path: Path) -> Any:
    """A service whose canteen is frozen, an order from before, and the freeze."""
    tokens = settled(tmp_path)
    with serving(embedded(tmp_path), tokens) as running:
        before = order()
        assert running.as_(day.SCHOOL).post("/v1/records", json=before).status_code == 201
        begun = freeze(running)
        append(running, begun)
        yield running, before, begun


def test_a_frozen_canteen_orders_nothing_and_is_told_why(
    frozen: tuple[Running, dict[str, Any], Draft],
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
    assert fault["record"] == begun.statement.id
    assert fault["pointer"] == "/payload/canteen"
    assert "frozen" in fault["message_en"]
    assert "冻结供餐" in fault["message_zh"]
    assert replay.status_code == 200
    refused = school.get("/v1/refusals").json()["refusals"]
    assert refused[0]["code"] == "rule-blocked"


def test_the_lift_lets_it_order_again_and_the_audit_derives_the_same(
    frozen: tuple[Running, dict[str, Any], Draft],
) -> None:
    running, _, begun = frozen
    payload = {"released": ["ordering", "serving"], "lifted_from": BEGIN}
    links = [Link("lifts", id=begun.statement.id)]
    append(running, said(running, "freeze-lift", payload, links))

    assert running.as_(day.SCHOOL).post("/v1/records", json=order()).status_code == 201
    report = local.audit(running.settings)
    assert not [finding for finding in report.findings if "act rules" in finding.where]


@pytest.mark.parametrize("atomic", [False, True])
def test_a_batch_is_judged_line_by_line_and_an_atomic_one_whole(
    frozen: tuple[Running, dict[str, Any], Draft], *, atomic: bool
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
    assert told[1]["problem"]["errors"][0]["record"] == begun.statement.id
