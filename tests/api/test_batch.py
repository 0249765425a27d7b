"""Batches: every line answered in order, nothing lost, whole or not at all where asked."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playground import Running, example

from ledger.evidence.examples import school_day as day

NDJSON = {"Content-Type": "application/x-ndjson"}


def order(**changes: Any) -> dict[str, Any]:
    return example("order", **{"order_no": f"B-{uuid.uuid4().hex[:12]}", **changes})


def lines(requests: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(request).encode() + b"\n" for request in requests)


def post(running: Running, body: bytes, party: str = day.SCHOOL, **params: Any) -> list[Any]:
    answer = running.as_(party, **NDJSON).post("/v1/records:batch", content=body, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_each_line_is_answered_in_order_and_the_last_line_counts(running: Running) -> None:
    requests = [order() for _ in range(600)]
    requests[300] = order(amount_fen=-1)
    requests[301] = requests[5]

    answers = post(running, lines(requests))

    assert [answer.get("line") for answer in answers[:-1]] == list(range(1, 601))
    assert [answer["id"] for answer in answers[:-1]] == [request["id"] for request in requests]
    assert answers[300]["status"] == 422
    assert answers[300]["problem"]["type"] == "urn:mealtrace:problem:schema"
    assert answers[301]["status"] == 200
    assert answers[301]["receipt"]["index"] == answers[5]["receipt"]["index"]
    assert all("proof" in answer["receipt"] for answer in answers[:300])
    assert answers[-1] == {
        "end": True, "lines": 600, "stored": 598, "replayed": 1, "refused": 1
    }  # fmt: skip


def test_compact_receipts_leave_out_the_proofs_and_nothing_else(running: Running) -> None:
    request = order()

    (answer, _) = post(running, lines([request]), receipts="compact")
    (full, _) = post(running, lines([request]))

    assert set(full["receipt"]) - set(answer["receipt"]) == {"proof"}


def test_lines_that_cannot_be_read_are_answered_one_by_one(running: Running) -> None:
    good = order()
    body = b"\n".join([b"{", b"", b"[]", b'{"id":"a","id":"b"}', json.dumps(good).encode()])

    answers = post(running, body)

    assert [answer.get("status") for answer in answers] == [400, 400, 400, 400, 201, None]
    assert answers[0]["id"] is None
    assert answers[0]["problem"]["request_id"]
    assert answers[-1]["lines"] == 5


def test_an_atomic_batch_is_stored_as_a_whole(running: Running) -> None:
    requests = [order() for _ in range(20)]

    answers = post(running, lines(requests), atomic="true")

    indices = [answer["receipt"]["index"] for answer in answers[:-1]]
    assert indices == list(range(indices[0], indices[0] + 20))
    assert len({answer["receipt"]["logged_at"] for answer in answers[:-1]}) == 1


@pytest.mark.parametrize("fault", ["schema", "rights"])
def test_one_refusal_refuses_an_atomic_batch(running: Running, fault: str) -> None:
    bad = order(amount_fen=-1) if fault == "schema" else {**order(), "issuer": day.SUPPLIER}
    requests = [order(), bad, order()]

    answers = post(running, lines(requests), atomic="true")

    assert [answer.get("status") for answer in answers] == [
        409, 422 if fault == "schema" else 403, 409, None
    ]  # fmt: skip
    assert answers[-1]["stored"] == 0
    for request in requests:
        assert running.as_(day.SCHOOL).get(f"/v1/records/{request['id']}").status_code == 404


def test_a_correction_and_its_replacement_go_in_together(running: Running) -> None:
    from ledger import entry as entries
    from ledger.encoding import unb64

    wrong = order()
    client = running.as_(day.SCHOOL)
    receipt = client.post("/v1/records", json=wrong).json()
    statement = entries.parse(unb64(receipt["entry"])).statement
    right = order(order_no=wrong["payload"]["order_no"], meals_planned=401)
    right["links"] = [{"rel": "replaces", "id": wrong["id"]}]
    correction = example("correction", reason_code="incorrect-data")
    correction["issuer"] = day.SCHOOL
    correction["links"] = [{"rel": "corrects", "id": wrong["id"], "sha256": statement.sha256.hex()}]

    alone = client.post("/v1/records", json=right)
    together = post(running, lines([right, correction]), atomic="true")

    assert alone.json()["type"] == "urn:mealtrace:problem:duplicate-document"
    assert [answer.get("status") for answer in together] == [201, 201, None], together


@pytest.mark.parametrize(
    ("count", "params"), [(10_001, {}), (1_001, {"atomic": "true"})], ids=["lines", "atomic"]
)
def test_too_many_lines_are_refused_before_anything_is_stored(
    running: Running, count: int, params: dict[str, str]
) -> None:
    before = running.as_(None).get("/v1/anchors").json()["log_size"]

    answer = running.as_(day.SCHOOL, **NDJSON).post(
        "/v1/records:batch", content=b"{}\n" * count, params=params
    )

    assert answer.status_code == 413
    assert running.as_(None).get("/v1/anchors").json()["log_size"] == before


def test_a_body_over_its_limit_is_refused_while_it_streams(running: Running) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * (1 << 20)

    client = running.as_(day.SCHOOL, **NDJSON)
    try:
        status = client.post("/v1/records:batch", content=endless()).status_code
    except (httpx.WriteError, httpx.RemoteProtocolError):
        status = 413  # the service hung up on the rest
    assert status == 413


def test_an_empty_batch_is_malformed(running: Running) -> None:
    answer = running.as_(day.SCHOOL, **NDJSON).post("/v1/records:batch", content=b"")

    assert answer.status_code == 400


@pytest.mark.parametrize("chunk", [100, 65_536, None])
def test_five_thousand_lines_in_five_thousand_answered(running: Running, chunk: int | None) -> None:
    body = lines([{"id": str(number), "type": "x"} for number in range(5000)])

    def pieces() -> Iterator[bytes]:
        assert chunk is not None
        for start in range(0, len(body), chunk):
            yield body[start : start + chunk]

    answer = running.as_(day.SCHOOL, **NDJSON).post(
        "/v1/records:batch", content=body if chunk is None else pieces()
    )

    answers = answer.text.splitlines()
    assert len(answers) == 5001
    assert json.loads(answers[-1]) == {
        "end": True, "lines": 5000, "stored": 0, "replayed": 0, "refused": 5000
    }  # fmt: skip
