"""Acts over HTTP: refused with their cause in both languages, whole batches too; facts never."""

import json
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from components.admitting import admission
from playground import Running, embedded, example, governance, serving
from sqlalchemy import text

from api.audit import local
from api.founding import found
from api.installation import open_installation, open_store
from ledger.errors import ConflictError
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


@pytest.mark.parametrize(
    ("scope", "pointer"),
    [
        ({"scope": "record"}, "/payload/scope"),
        ({"scope": "fields", "fields": ["ext", "held_back"]}, "/payload/fields/1"),
    ],
)
def test_the_operator_does_not_erase_what_a_freeze_rests_on(
    frozen: tuple[Running, dict[str, Any], dict[str, Any]], scope: dict[str, Any], pointer: str
) -> None:
    running, _, begun = frozen
    record = running.as_(day.REGULATOR).get(f"/v1/records/{begun['id']}").json()
    payload = {**scope, "reason_code": "not-needed"}
    erasure = governance("erasure", f"{running.settings.operator}~admin", payload)
    link = {"rel": "erases", "id": begun["id"], "sha256": record["statement_sha256"]}

    answer = running.as_("admin").post("/v1/records", json={**erasure, "links": [link]})

    assert answer.status_code == 409, answer.text
    assert answer.json()["type"] == "urn:mealtrace:problem:rule-blocked"
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["record"]) == (pointer, begun["id"])
    assert "only a regulator" in fault["message_en"]
    assert "只有监管部门" in fault["message_zh"]
    assert running.as_(day.SCHOOL).post("/v1/records", json=order()).status_code == 409
    assert "payload" in running.as_(day.REGULATOR).get(f"/v1/records/{begun['id']}").json()


def test_a_regulator_takes_its_own_freeze_back(
    frozen: tuple[Running, dict[str, Any], dict[str, Any]],
) -> None:
    running, _, begun = frozen
    regulator = running.as_(day.REGULATOR)
    record = regulator.get(f"/v1/records/{begun['id']}").json()
    link = {"rel": "corrects", "id": begun["id"], "sha256": record["statement_sha256"]}
    wrong = example("correction", reason_code="did-not-occur", accountable=day.HEAD)

    answer = regulator.post("/v1/records", json={**wrong, "issuer": day.REGULATOR, "links": [link]})

    assert answer.status_code == 201, answer.text
    assert running.as_(day.SCHOOL).post("/v1/records", json=order()).status_code == 201


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


NEW = "supplier:91210500MA0YK7QX5T"


def naming(kind: str, supplier: str) -> tuple[dict[str, Any], str]:
    """An act that names a supplier, and who posts it."""
    number = f"N-{uuid.uuid4().hex[:12]}"
    if kind == "settlement":
        return example(kind, settlement_no=number, supplier=supplier), day.FUNDS
    if kind == "supplier-selection":
        candidates = [{"supplier": supplier, "points": 91}]
        chosen = example(kind, selection_no=number, supplier=supplier, candidates=candidates)
        return {**chosen, "links": [], "blobs": []}, day.SCHOOL
    return example(kind, order_no=number, supplier=supplier), day.SCHOOL


@pytest.mark.parametrize("kind", ["order", "supplier-selection", "settlement"])
def test_who_is_not_admitted_is_named_by_no_act_and_the_answer_says_why(
    running: Running, kind: str
) -> None:
    supplier = f"{NEW}~{kind}"
    bureau = running.as_(day.ADMISSION)

    def posted() -> dict[str, Any]:
        act, party = naming(kind, supplier)
        answer = running.as_(party).post("/v1/records", json=act)
        assert answer.status_code in (201, 409), answer.text
        return dict(answer.json())

    def decided(**changes: Any) -> str:
        request = admission(supplier, **changes)
        answer = bureau.post("/v1/records", json=request)
        assert answer.status_code == 201, answer.text
        return str(request["id"])

    problem = posted()
    assert problem["type"] == "urn:mealtrace:problem:rule-blocked"
    (fault,) = problem["errors"]
    assert (fault["code"], fault["pointer"]) == ("not-admitted", "/payload/supplier")
    assert fault.get("record") is None
    decided()
    assert "index" in posted()
    suspended = decided(
        decision="suspended", cause_code="certificate-lapsed", term_from=..., term_until=...,
        effective_at="2020-01-02T00:00:00+08:00",
    )  # fmt: skip
    (fault,) = posted()["errors"]
    assert (fault["code"], fault["record"]) == ("suspended", suspended)
    assert "suspended" in fault["message_en"]
    assert "暂停" in fault["message_zh"]
    over = decided(
        effective_at="2020-01-03T00:00:00+08:00", term_from="2019-09-01", term_until="2020-01-02"
    )
    (fault,) = posted()["errors"]
    assert (fault["code"], fault["record"]) == ("admission-over", over)


def test_what_a_supplier_without_admission_sends_is_stored(running: Running) -> None:
    supplier = f"{NEW}~fact"
    fact = example("rejection", rejection_no=f"R-{uuid.uuid4().hex[:12]}", supplier=supplier)

    assert running.as_(day.SCHOOL).post("/v1/records", json=fact).status_code == 201


def test_a_policy_demands_papers_and_the_lapsed_one_is_named(
    settled: Callable[[Path], dict[str, str]], tmp_path: Path
) -> None:
    tokens = settled(tmp_path)
    with serving(embedded(tmp_path), tokens) as running:
        supplier, school = running.as_(day.SUPPLIER), running.as_(day.SCHOOL)
        lapsed = example("certificate", valid_until="2025-03-11")
        assert supplier.post("/v1/records", json=lapsed).status_code == 201
        assert school.post("/v1/records", json=order()).status_code == 201
        goods = [{"begins": "egg", "category": "egg", "scopes": ["prepackaged-food"]}]
        payload = {"name": "certificates", "version": 1, "rules": {"goods": goods}}
        policy = governance("policy", f"{running.settings.operator}~admin", payload)
        assert running.as_("admin").post("/v1/records", json=policy).status_code == 201

        (first,) = school.post("/v1/records", json=order()).json()["errors"]
        renewed = example("certificate", valid_from="2025-03-12", valid_until="2030-03-11")
        assert supplier.post("/v1/records", json=renewed).status_code == 201
        (second,) = school.post("/v1/records", json=order()).json()["errors"]
        report = local.audit(running.settings)

    assert (first["code"], first["record"]) == ("certificate-lapsed", lapsed["id"])
    assert (second["code"], second["record"]) == ("goods-outside-permit", renewed["id"])
    assert second["pointer"] == "/payload/lines/1/item_code"
    assert not [finding for finding in report.findings if "act rules" in finding.where]


def test_an_installation_that_other_rules_left_is_audited_and_not_served_before_it_is_migrated(
    settled: Callable[[Path], dict[str, str]], tmp_path: Path
) -> None:
    settled(tmp_path)
    settings = embedded(tmp_path)
    with closing(open_store(settings, signers=())[0]) as store, store.engine.begin() as connection:
        connection.execute(text("DELETE FROM act_states"))

    with pytest.raises(ConflictError, match="mealtrace migrate"):
        open_installation(settings)
    named = {finding.where for finding in local.audit(settings).findings}
    found(settings).close()  # as `serve` does in embedded mode, which migrates by itself

    assert named == {"act rules: version", f"act rules: admitted {day.SUPPLIER}"}
    assert local.audit(settings).findings == []
