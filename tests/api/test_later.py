"""A record is read together with what was said about it afterwards, by whoever may read it."""

import json
import time
import uuid
from typing import Any

from playground import OTHER_SCHOOL, Running, example

from ledger import timestamp
from ledger.evidence.examples import school_day as day


def accepted(running: Running) -> dict[str, Any]:
    request = example("acceptance", acceptance_no=uuid.uuid4().hex[:16])
    assert running.as_(day.SCHOOL).post("/v1/records", json=request).status_code == 201
    return request


def correct(running: Running, request: dict[str, Any]) -> dict[str, Any]:
    """The correction, posted with the right record as docs/integrate.md says."""
    school = running.as_(day.SCHOOL)
    read = school.get(f"/v1/records/{request['id']}").json()
    right = request | {"id": str(uuid.uuid4())}
    right["links"] = [*request["links"], {"rel": "replaces", "id": request["id"]}]
    correction = {
        "id": str(uuid.uuid4()),
        "type": "correction",
        "occurred_at": timestamp.format(time.time_ns() // 1_000_000),
        "payload": {
            "reason_code": "incorrect-data",
            "reason": "数量录错",
            "accountable": request["payload"]["accountable"],
        },
        "links": [
            {"rel": "corrects", "id": request["id"], "sha256": read["statement_sha256"]},
        ],
    }
    answer = school.post(
        "/v1/records:batch?atomic=true",
        content=f"{json.dumps(correction)}\n{json.dumps(right)}",
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert json.loads(answer.text.splitlines()[-1])["stored"] == 2, answer.text
    return correction


def test_the_supplier_sees_that_the_acceptance_of_its_goods_was_corrected(
    running: Running,
) -> None:
    supplier, request = running.as_(day.SUPPLIER), accepted(running)
    before = supplier.get(f"/v1/records/{request['id']}").json()
    correction = correct(running, request)

    after = supplier.get(f"/v1/records/{request['id']}").json()
    history = supplier.get(f"/v1/subjects/record:{request['id']}/history").json()

    assert before["later"] == []
    (told,) = after["later"]
    assert told["id"] == correction["id"]
    assert (told["type"], told["issuer"]) == ("correction", day.SCHOOL)
    assert [entry["id"] for entry in history["entries"]] == [correction["id"]]
    assert history["complete"] is True


def test_what_was_said_of_a_record_is_hidden_from_whom_the_record_is(running: Running) -> None:
    request = accepted(running)
    correct(running, request)
    other = running.as_(OTHER_SCHOOL)

    history = other.get(f"/v1/subjects/record:{request['id']}/history").json()

    assert other.get(f"/v1/records/{request['id']}").status_code == 404
    assert (history["entries"], history["complete"], history["head"]) == ([], False, None)


def test_a_school_reads_what_came_of_its_order_and_another_does_not(running: Running) -> None:
    request = example("dispatch", dispatch_no=uuid.uuid4().hex[:16])
    assert running.as_(day.SUPPLIER).post("/v1/records", json=request).status_code == 201

    mine = running.as_(day.SCHOOL).get(f"/v1/records/{request['id']}")
    order = running.as_(day.SCHOOL).get(f"/v1/subjects/{request['payload']['order']}/history")

    assert mine.status_code == 200
    assert request["id"] in [entry["id"] for entry in order.json()["entries"]]
    assert order.json()["complete"] is True
    assert running.as_(OTHER_SCHOOL).get(f"/v1/records/{request['id']}").status_code == 404
