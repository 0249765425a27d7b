"""Admission: reviews of certificates, and who is in the pool."""

from typing import Any

from ledger.evidence.examples.school_day import ENGINE

BUREAU = "bureau:11210500001234567Y~admission"
SUPPLIER = "supplier:91210500MA0UTC1A0P"
TERMLESS = {"term_from": ..., "term_until": ...}


def test_a_review_is_about_the_holder_and_who_reviewed(example: Any, prepare: Any) -> None:
    assert prepare(example("certificate-review")).statement.subjects == (BUREAU, SUPPLIER)


def test_what_the_register_does_not_call_valid_is_taken_with_a_reason_only(
    example: Any, faults: Any
) -> None:
    unfound = {"register_status": "not-found"}

    assert not faults(example("certificate-review", reason_codes=["register-down"], **unfound))
    assert faults(example("certificate-review", reason_codes=[], **unfound)) == {
        ("/payload/reason_codes", "too-few")
    }
    assert faults(example("certificate-review", **unfound)) == {
        ("/payload/reason_codes", "missing")
    }


def test_only_the_bureau_admits_and_removes_the_engine_may_suspend(
    example: Any, prepare: Any
) -> None:
    cause = {"cause_code": "certificate-lapsed", **TERMLESS}
    removed = {"decision": "removed", "appeal_until": "2026-12-20", **cause}

    assert prepare(example("admission")).posters == {"bureau-admission"}
    assert prepare(example("admission", **removed)).posters == {"bureau-admission"}
    suspended = example("admission", decision="suspended", accountable=..., **cause)
    assert prepare(suspended | {"issuer": ENGINE}).posters == {"bureau-admission", "engine"}


def test_a_suspension_is_about_supplier_and_bureau_whoever_decided(
    example: Any, prepare: Any
) -> None:
    request = example("admission", decision="suspended", cause_code="recall", **TERMLESS)

    for issuer in (BUREAU, ENGINE):
        assert prepare(request | {"issuer": issuer}).statement.subjects == (BUREAU, SUPPLIER)


def test_a_suspension_may_be_appealed_and_a_readmission_give_a_cause(
    example: Any, faults: Any
) -> None:
    suspended = {"decision": "suspended", "cause_code": "recall", "appeal_until": "2026-12-20"}

    assert not faults(example("admission", **suspended, **TERMLESS))
    assert not faults(example("admission", cause_code="appeal-granted"))


def test_all_that_is_wrong_with_a_removal_is_said_at_once(example: Any, faults: Any) -> None:
    assert faults(example("admission", decision="removed")) == {
        ("/payload/cause_code", "missing"),
        ("/payload/appeal_until", "missing"),
        ("/payload/term_from", "other-decision"),
        ("/payload/term_until", "other-decision"),
    }
