"""Statements by whoever may not make them, over HTTP: each refused by name, none stored."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from components.posting import introduce
from components.signing import ledger_of, record, registration, revocation, signed
from components.stage import ADMISSION, Stage

from devices.client import SigningKey
from ledger import timestamp

pytestmark = pytest.mark.xdist_group("lies")

KEYED = "supplier:91210500MA0UTC1A0P"
OTHER = "supplier:91210500MA0YK7QX5T"
CLERK = "integrator:91210500MA0XR22L6F"
PERSON = "person:k2vt6yqj4zrm7xbc5hdwonpeas"


class Cast:
    """Two suppliers, one of them with a key, and somebody who posts for others."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ledger = ledger_of(stage)
        self.key = SigningKey.generate()
        self.tokens = {
            KEYED: introduce(stage.service, KEYED, "supplier"),
            OTHER: introduce(stage.service, OTHER, "supplier"),
            CLERK: introduce(stage.service, CLERK),
            ADMISSION: stage.service.token(ADMISSION),
        }
        self.taken(ADMISSION, registration(stage, KEYED, self.key))

    def post(self, party: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return self.stage.service.call(
            "POST", "/v1/records", token=self.tokens[party], body=request
        )

    def taken(self, party: str, request: dict[str, Any]) -> None:
        status, answer = self.post(party, request)
        assert status == 201, answer

    def refused(self, party: str, request: dict[str, Any], code: str, says: str) -> None:
        before = self.stage.service.text("/checkpoint")
        status, problem = self.post(party, request)
        assert problem["type"] == f"urn:mealtrace:problem:{code}", problem
        assert status == problem["status"] == {"signature": 422}.get(code, 403)
        assert says in problem["detail"]
        assert problem["errors"][0]["message_zh"]
        assert self.stage.service.text("/checkpoint") == before


@pytest.fixture(scope="module")
def cast(stage: Stage) -> Iterator[Cast]:
    return Cast(stage)


def certificate(number: int, holder: str = KEYED) -> dict[str, Any]:
    payload = {
        "holder": holder,
        "certificate_kind": "other",
        "certificate_no": f"C-{number}",
        "number_scheme": "none",
        "issuing_authority": "示例局",
        "issued_on": "2026-01-05",
        "valid_until": None,
        "scope": ["vegetables"],
        "read_by": "manual",
        "accountable": PERSON,
    }
    return record("certificate", holder, payload)


def mandate(*types: str, begin_s: float, end_s: float, principal: str = OTHER) -> dict[str, Any]:
    now_s = time.time()
    payload = {
        "principal": principal,
        "submitter": CLERK,
        "types": list(types),
        "from": timestamp.format(int((now_s + begin_s) * 1000)),
        "until": timestamp.format(int((now_s + end_s) * 1000)),
    }
    return record("mandate", principal, payload)


def test_who_has_a_key_cannot_speak_without_it(cast: Cast) -> None:
    cast.refused(KEYED, certificate(1), "signature", "has a valid key and must sign")


def test_a_statement_made_for_another_ledger_does_not_count_here(cast: Cast) -> None:
    request = signed(certificate(2), cast.key, b"\x07" * 32)

    cast.refused(KEYED, request, "signature", "signature")
    cast.taken(KEYED, signed(certificate(2), cast.key, cast.ledger))


def test_what_was_signed_before_its_key_was_registered_is_refused_until_it_is(cast: Cast) -> None:
    key = SigningKey.generate()
    early = signed(certificate(3), key, cast.ledger)

    cast.refused(KEYED, early, "signature", "is not registered and valid here")
    cast.taken(ADMISSION, registration(cast.stage, KEYED, key))
    cast.taken(KEYED, early)


def test_another_party_s_key_does_not_sign_for_this_one(cast: Cast) -> None:
    cast.refused(
        OTHER, signed(certificate(4, OTHER), cast.key, cast.ledger), "signature", "another party's"
    )


def test_a_revoked_key_signs_nothing_more(cast: Cast) -> None:
    key = SigningKey.generate()
    cast.taken(ADMISSION, registration(cast.stage, KEYED, key))
    cast.taken(KEYED, signed(certificate(5), key, cast.ledger))
    cast.taken(ADMISSION, revocation(cast.stage, key))

    cast.refused(
        KEYED,
        signed(certificate(6), key, cast.ledger),
        "signature",
        "is not registered and valid here",
    )


def test_a_revoked_key_is_not_registered_again(cast: Cast) -> None:
    key = SigningKey.generate()
    cast.taken(ADMISSION, registration(cast.stage, KEYED, key))
    cast.taken(ADMISSION, revocation(cast.stage, key))

    cast.refused(ADMISSION, registration(cast.stage, KEYED, key), "signature", key.kid)


def test_nobody_posts_for_another_without_a_mandate(cast: Cast) -> None:
    cast.refused(CLERK, certificate(7, OTHER), "forbidden-type", "no mandate")


@pytest.mark.parametrize(
    ("types", "begin_s", "end_s"),
    [
        (["certificate"], -7200, -3600),
        (["certificate"], 3600, 7200),
        (["dispatch"], -3600, 3600),
    ],
    ids=["over", "not-yet", "of-another-type"],
)
def test_a_mandate_counts_in_its_time_and_for_its_types_only(
    cast: Cast, types: list[str], begin_s: float, end_s: float
) -> None:
    cast.taken(OTHER, mandate(*types, begin_s=begin_s, end_s=end_s))

    cast.refused(CLERK, certificate(8, OTHER), "forbidden-type", "no mandate")


def test_a_mandate_ends_by_the_clock_of_the_log(cast: Cast) -> None:
    cast.taken(OTHER, mandate("certificate", begin_s=-3600, end_s=4))
    cast.taken(CLERK, certificate(9, OTHER))
    time.sleep(4.2)

    late = certificate(10, OTHER)
    late["occurred_at"] = "2026-11-23T06:12:11.120Z"
    cast.refused(CLERK, late, "forbidden-type", "no mandate")


def test_a_mandate_does_not_replace_the_principal_s_key(cast: Cast) -> None:
    given = mandate("certificate", begin_s=-3600, end_s=3600, principal=KEYED)
    cast.taken(KEYED, signed(given, cast.key, cast.ledger))

    cast.refused(CLERK, certificate(11), "signature", "has a valid key and must sign")
    cast.taken(CLERK, signed(certificate(12), cast.key, cast.ledger, submitter=CLERK))
