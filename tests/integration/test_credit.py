"""A rating carried elsewhere: a month of deliveries through the real service, and its bundle offline."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from components.term.generate import Shape, generate
from components.term.play import Stage, stage

from ledger import entry as entries
from ledger.encoding import unb64
from ledger.oversight.credit import Credit
from ledger.verification import verify

_DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """What suppliers of one school do in September, and the rating of it."""
    term = generate(Shape(schools=1, weeks=3))
    read = Credit.reads.keys()
    term = replace(term, said=[one for one in term.said if one.type in read])
    with stage(tmp_path_factory.mktemp("credit") / "log", term, families=[Credit()]) as on_stage:
        on_stage.play(term.said)
        on_stage.until(term.said[-1].at_ms + 14 * _DAY_MS)
        assert on_stage.refused == []
        yield on_stage


def test_everybody_reads_the_ratings_and_suppliers_why(played: Stage) -> None:
    supplier = next(party for party in played.tokens if party.startswith("supplier:"))
    client = played.as_(supplier)

    ratings = client.get("/v1/ratings").json()["ratings"]
    credit = client.get(f"/v1/suppliers/{supplier.partition(':')[2]}/credit").json()

    assert {one["grade"] for one in ratings} == {"a"}
    assert supplier in {one["supplier"] for one in ratings}
    assert credit["rating"]["score_ppm"] == 1_000_000
    assert credit["balance_points"] == 100 + len(credit["movements"])
    assert {one["entry_kind"] for one in credit["movements"]} == {"delivered"}


def test_a_rating_is_a_certificate_that_is_verified_offline(played: Stage) -> None:
    supplier = next(party for party in played.tokens if party.startswith("supplier:"))
    client = played.as_(supplier)
    credit = client.get(f"/v1/suppliers/{supplier.partition(':')[2]}/credit").json()
    certificates = {one["type"]: one for one in credit["certificates"]}
    assert certificates.keys() == {"rating", "credit-entry"}

    for certificate in certificates.values():
        bundle = client.get(certificate["bundle"]).content
        verdict = verify(bundle, client.get("/v1/trust").content)

        assert "fail" not in {check.state.value for check in verdict.checks}
        said = entries.parse(unb64(json.loads(bundle)["entry"])).statement
        assert (said.id, said.type) == (certificate["record"], certificate["type"])
        assert supplier in said.subjects
