"""续期: which paper silences which, and what brings the warnings back."""

from typing import Any

import pytest
from components.certificate_log import PERMIT, SUPPLIER, haccp, leads, log, review, row, said


def test_a_later_paper_silences_the_older_one_in_whichever_order_they_come() -> None:
    for first, second in (("2026-10-31", "2027-10-31"), ("2027-10-31", "2026-10-31")):
        told = log()
        papers = {first: haccp(told, first), second: haccp(told, second)}
        told.until("2026-12-01T00:00:00.000Z")

        assert told.found == []
        older = row(told, papers["2026-10-31"])
        assert older.status == "renewed"
        assert older.detail is not None
        assert older.detail["renewed_by"] == {
            "id": papers["2027-10-31"].id,
            "index": papers["2027-10-31"].index,
        }
        assert row(told, papers["2027-10-31"]).status == "valid"


def test_a_renewal_in_the_middle_of_the_ladder_ends_it() -> None:
    told = log()
    haccp(told, "2026-10-31")
    told.until("2026-10-20T00:00:00.000Z")
    haccp(told, "2027-10-31")
    told.until("2026-12-01T00:00:00.000Z")

    assert leads(told) == [30, 15]


@pytest.mark.parametrize(
    "other",
    [
        {"certificate_kind": "iso-22000"},
        {"scope": ["vegetable"]},
        {"holder": "supplier:91210500MA0YK7QX5T"},
        {"valid_until": "2026-10-31"},
    ],
)
def test_another_kind_scope_holder_or_an_end_no_later_renews_nothing(
    other: dict[str, Any],
) -> None:
    told = log()
    haccp(told, "2026-10-31")
    haccp(told, **{"valid_until": "2027-10-31", **other})
    told.until("2026-10-02T00:00:00.000Z")

    assert 30 in leads(told)


def test_a_link_renews_whatever_the_scope_and_with_the_same_end() -> None:
    told = log()
    older = haccp(told, "2026-10-31")
    link = {"rel": "renews", "id": older.id}
    payload = said(older, certificate_no="H-2", scope=["vegetable"])
    newer = told.post("certificate", payload, issuer=SUPPLIER, links=[link])
    told.until("2026-10-02T00:00:00.000Z")

    (warning,) = told.of("expiry-warning")
    assert warning["certificate"] == newer.id


def test_nobody_silences_warnings_with_papers_that_renew_each_other() -> None:
    told = log()
    mine, other = "01a206fd-6778-7a62-a7b8-0000000000f1", "01a206fd-6778-7a62-a7b8-0000000000f2"
    for own, renewed in ((mine, other), (other, mine)):
        payload = {**PERMIT["payload"], "valid_until": "2026-10-31", "certificate_kind": "haccp"}
        link = {"rel": "renews", "id": renewed}
        told.post("certificate", payload, issuer=SUPPLIER, links=[link], record_id=own)
    told.until("2026-12-01T00:00:00.000Z")

    assert [w["certificate"] for w in told.of("expiry-warning")] == [other] * 5


def test_a_rejected_renewal_brings_the_warnings_back() -> None:
    told = log()
    older = haccp(told, "2026-10-31")
    newer = haccp(told, "2027-10-31")
    told.until("2026-10-20T00:00:00.000Z")
    assert told.found == []

    rejection = review(told, newer)
    told.until("2026-10-20T00:00:00.001Z")

    assert leads(told) == [15]
    assert (row(told, newer).status, row(told, older).status) == ("rejected", "lapsing")
    told.correct(rejection)
    told.until("2026-12-01T00:00:00.000Z")
    assert leads(told) == [15]
    assert (row(told, newer).status, row(told, older).status) == ("valid", "renewed")


def test_of_several_reviews_the_last_counts() -> None:
    told = log()
    paper = haccp(told, "2026-10-31")
    review(told, paper, reason_codes=["register-down"])
    told.until("2026-09-02T00:00:00.000Z")
    review(told, paper, decision="accepted")
    told.until("2026-10-02T00:00:00.000Z")

    assert leads(told) == [30]


def test_what_the_register_calls_revoked_does_not_count_even_if_accepted() -> None:
    told = log()
    paper = haccp(told, "2026-10-31")
    review(told, paper, decision="accepted", register_status="revoked")
    told.until("2026-12-01T00:00:00.000Z")

    assert told.found == []
    assert row(told, paper).status == "rejected"


def test_a_corrected_paper_warns_of_nothing_and_its_renewal_silences_nothing() -> None:
    told = log()
    older = haccp(told, "2026-10-31")
    newer = haccp(told, "2027-10-31")
    told.until("2026-10-20T00:00:00.000Z")
    told.correct(newer)
    told.until("2026-10-21T00:00:00.000Z")
    assert leads(told) == [15]

    told.correct(older)
    told.until("2026-12-01T00:00:00.000Z")

    assert leads(told) == [15]
    assert told.rows == {}
    assert [key for key in told.state if "of" in key] == []


def test_a_paper_read_wrongly_stays_rejected_when_its_data_are_put_right() -> None:
    for correction_first in (True, False):
        told = log()
        paper = haccp(told, "2026-10-31")
        review(told, paper)
        link = {"rel": "replaces", "id": paper.id, "sha256": paper.leaf_hash.hex()}
        payload = said(paper, certificate_no="H-2")
        if correction_first:
            told.correct(paper)
        newer = told.post("certificate", payload, issuer=SUPPLIER, links=[link])
        if not correction_first:
            told.correct(paper)
        told.until("2026-12-01T00:00:00.000Z")

        assert told.found == []
        assert row(told, newer).status == "rejected"
