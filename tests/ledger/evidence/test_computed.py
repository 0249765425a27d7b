"""What the rule engine computes: inputs, weighted scores, and who may say so."""

import json
from hashlib import sha256
from typing import Any

import pytest

from ledger.evidence import catalogue
from ledger.evidence.computed import Computed
from ledger.evidence.examples import school_day as day

COMPUTED = sorted(
    name for name, kind in catalogue.TYPES.items() if issubclass(kind.model, Computed)
)


def test_what_is_computed_is_posted_by_the_engine_alone() -> None:
    assert len(COMPUTED) == 9
    for name in COMPUTED:
        assert catalogue.get(name).posters == {"engine"}


@pytest.mark.parametrize("name", COMPUTED)
def test_a_policy_its_version_and_the_inputs_are_always_told(name: str, faults: Any) -> None:
    for field in ("policy_name", "policy_version", "as_of_size", "inputs", "inputs_root"):
        request = dict(catalogue.get(name).example)
        payload = {n: v for n, v in request["payload"].items() if n != field}

        assert (f"/payload/{field}", "missing") in faults({**request, "payload": payload})


def test_no_inputs_have_the_root_of_none(example: Any, faults: Any) -> None:
    none = sha256(b"").hexdigest()

    assert faults(example("rating", inputs=0, inputs_root=none)) == set()
    assert faults(example("rating", inputs_root=none)) == {("/payload/inputs_root", "inputs-root")}


def test_half_a_millionth_is_rounded_up(example: Any, faults: Any) -> None:
    factors = [
        {"factor_code": "quality", "value_ppm": 1, "weight_bp": 5_000},
        {"factor_code": "documents", "value_ppm": 0, "weight_bp": 5_000},
    ]

    assert not faults(example("rating", factors=factors, score_ppm=1))
    assert faults(example("rating", factors=factors, score_ppm=0)) == {
        ("/payload/score_ppm", "score")
    }


@pytest.mark.parametrize(
    ("score", "level"),
    [(299_999, "normal"), (300_000, "minor"), (550_000, "major"), (800_000, "critical")],
)
def test_a_level_begins_at_its_threshold(score: int, level: str, example: Any, faults: Any) -> None:
    factors = [{"factor_code": "suspicions", "value_ppm": score, "weight_bp": 10_000}]

    made = example("risk-assessment", factors=factors, score_ppm=score, level=level)
    assert not faults(made)


def test_findings_stand_in_the_history_of_whom_they_concern(example: Any, prepare: Any) -> None:
    found = {name: prepare(example(name)).statement.subjects for name in COMPUTED}

    assert found["missing-evidence"] == (
        day.CANTEEN,
        day.SCHOOL,
        "work-order:GD-2026-0317",
    )
    assert found["expiry-warning"] == (day.COOK,)
    assert day.SUPPLIER in found["credit-entry"]
    assert day.SUPPLIER in found["reconciliation"]
    assert found["suspicion"] == (day.CANTEEN, day.SCHOOL)


def test_what_is_missing_for_a_day_is_about_no_document(example: Any, prepare: Any) -> None:
    made = prepare(example("missing-evidence", expected_for="2026-11-20"))

    assert made.statement.subjects == (day.CANTEEN, day.SCHOOL)


def test_a_person_is_no_document_either(example: Any, prepare: Any) -> None:
    """A pseudonym becomes a subject in its own fields alone."""
    made = prepare(example("missing-evidence", expected_for=day.COOK))

    assert day.COOK not in made.statement.subjects


def test_money_apart_within_the_tolerance_may_match(example: Any, faults: Any) -> None:
    apart = {"paid_fen": 32_806, "unpaid_fen": 100}

    assert not faults(example("reconciliation", **apart))
    assert faults(example("reconciliation", **apart, tolerance_fen=99)) == {
        ("/payload/result", "result")
    }


def test_goods_that_do_not_meet_may_be_called_so_though_the_money_does(
    example: Any, faults: Any
) -> None:
    assert not faults(example("reconciliation", result="mismatched"))


def test_the_same_inputs_are_the_same_suspicion(example: Any, prepare: Any) -> None:
    key = prepare(example("suspicion")).document_key

    assert json.loads(key.removeprefix("suspicion")).keys() == {"suspicion_kind", "inputs_root"}
