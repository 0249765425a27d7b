"""Mandates over HTTP: what an integrator may post for whom, and on which side of the wall."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playground import Running, embedded, example, governance, serving

from ledger import timestamp
from ledger.encoding import unb64
from ledger.entry import parse
from ledger.evidence.examples import school_day as day

HOUR_S = 3600


@pytest.fixture
def running(settled: Callable[[Path], dict[str, str]], tmp_path: Path) -> Iterator[Running]:
    tokens = settled(tmp_path)
    with serving(embedded(tmp_path), tokens) as service:
        yield service


def give(running: Running, principal: str, *types: str, until_s: float = HOUR_S) -> Any:
    now_s = time.time()
    mandate = {
        "principal": principal,
        "submitter": day.INTEGRATOR,
        "types": [*types],
        "from": timestamp.format(int((now_s - HOUR_S) * 1000)),
        "until": timestamp.format(int((now_s + until_s) * 1000)),
    }
    return running.as_(principal).post(
        "/v1/records", json=governance("mandate", principal, mandate)
    )


def order() -> dict[str, Any]:
    made = example("order", order_no=f"M-{uuid.uuid4().hex[:12]}")
    return {**made, "issuer": day.SCHOOL}


def code(answer: Any) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


def test_a_mandate_covers_its_types_until_its_end(running: Running) -> None:
    integrator = running.as_(day.INTEGRATOR)
    assert code(integrator.post("/v1/records", json=order())) == "forbidden-type"
    assert give(running, day.SCHOOL, "order", until_s=-1).status_code == 201
    assert code(integrator.post("/v1/records", json=order())) == "forbidden-type"

    assert give(running, day.SCHOOL, "order").status_code == 201

    assert integrator.post("/v1/records", json=order()).status_code == 201
    plan = {**example("rejection", rejection_no="M-1"), "issuer": day.SCHOOL}
    assert code(integrator.post("/v1/records", json=plan)) == "forbidden-type"


def test_a_mandate_counts_as_a_role_for_the_wall(running: Running) -> None:
    assert give(running, day.SCHOOL, "order").status_code == 201

    refused = give(running, day.BANK, "meal-payment")

    assert refused.status_code == 403
    assert code(refused) == "wall"
    assert "管钱不管物" in refused.json()["errors"][0]["message_zh"]
    assert give(running, day.SCHOOL, "acceptance").status_code == 201


def test_a_correction_under_a_mandate_needs_both_types_in_it(running: Running) -> None:
    assert give(running, day.SCHOOL, "order").status_code == 201
    integrator, wrong = running.as_(day.INTEGRATOR), order()
    receipt = integrator.post("/v1/records", json=wrong)
    assert receipt.status_code == 201
    right = {**order(), "links": [{"rel": "replaces", "id": wrong["id"]}]}
    right["payload"]["order_no"] = wrong["payload"]["order_no"]
    digest = parse(unb64(receipt.json()["entry"])).statement.sha256.hex()
    correction = example("correction", reason_code="incorrect-data")
    correction["issuer"] = day.SCHOOL
    correction["links"] = [{"rel": "corrects", "id": wrong["id"], "sha256": digest}]

    refused = batch(running, right, correction)
    assert give(running, day.SCHOOL, "order", "correction").status_code == 201
    taken = batch(running, right, correction)

    assert [line["problem"]["type"].rpartition(":")[2] for line in refused] == [
        "rule-blocked",
        "forbidden-type",
    ]
    assert [line["status"] for line in taken] == [201, 201]


def batch(running: Running, *requests: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines' answers to an atomic batch of the integrator's."""
    answer = running.as_(day.INTEGRATOR).post(
        "/v1/records:batch?atomic=true",
        content="".join(json.dumps(request) + "\n" for request in requests),
        headers={"Content-Type": "application/x-ndjson"},
    )
    return [json.loads(line) for line in answer.text.splitlines()][: len(requests)]
