"""Every error of the family has a status, and every problem says what API.md asks of it."""

import importlib
import json
import pkgutil

import pytest

from api.errors import CODES, KINDS, URN, ProblemError, problem_of
from ledger import errors
from ledger.errors import Fault, LedgerError, RefusedError, UnavailableError

#: Problem codes and statuses as API.md prints them.
PRINTED = {
    "malformed": 400,
    "token": 401,
    "forbidden-type": 403,
    "not-your-subject": 403,
    "wall": 403,
    "not-found": 404,
    "id-conflict": 409,
    "duplicate-document": 409,
    "rule-blocked": 409,
    "erased": 410,
    "too-large": 413,
    "schema": 422,
    "missing-blob": 422,
    "missing-link": 422,
    "signature": 422,
    "too-many-requests": 429,
    "unavailable": 503,
    "storage-full": 507,
}


#: `POST /v1/chain` answers it as JSON-RPC does; it never becomes a problem.
ANSWERED_OTHERWISE = {"anchoring.embedded_rpc.RpcError"}


NEED_MORE = {"api.demo.cabinets", "api.demo.films"}
"""Modules of the demo alone, which need the packages of the extra `demo`; they define no error."""


def family(root: type[LedgerError]) -> set[type[LedgerError]]:
    found = {root}
    for cls in root.__subclasses__():
        found |= family(cls)
    return found


def test_every_class_of_the_family_has_a_problem_code_of_its_own_or_carries_one() -> None:
    for package in ("ledger", "storage", "anchoring", "api"):
        module = importlib.import_module(package)
        for found in pkgutil.walk_packages(module.__path__, f"{package}."):
            if found.name not in NEED_MORE and not found.name.startswith("storage.migrations"):
                importlib.import_module(found.name)

    unmapped = {
        cls
        for cls in family(LedgerError)
        if not issubclass(cls, (RefusedError, ProblemError))
        and not any(base in CODES for base in cls.__mro__ if base is not LedgerError)
        and cls is not LedgerError
        and not cls.__module__.startswith("devices.")  # the other side of the wire
        and f"{cls.__module__}.{cls.__qualname__}" not in ANSWERED_OTHERWISE
    }

    assert unmapped == set()
    named_in_the_tree = {
        cls
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, LedgerError)
    }
    assert named_in_the_tree - {RefusedError} == set(CODES)


@pytest.mark.parametrize(("code", "status"), PRINTED.items())
def test_codes_have_the_status_api_md_prints(code: str, status: int) -> None:
    assert KINDS[code].status == status


@pytest.mark.parametrize("code", KINDS)
def test_only_429_and_5xx_are_to_be_retried(code: str) -> None:
    kind = KINDS[code]

    assert kind.retry is (kind.status == 429 or kind.status >= 500)


def test_a_refusal_shows_all_its_faults_in_both_languages() -> None:
    refusal = RefusedError(
        "schema",
        [
            Fault("/payload/net_g", "not-an-integer", "must be an integer", "必须是整数"),
            Fault("/payload/school", "missing", "is missing", "缺少", record="r"),
        ],
    )

    shown = json.loads(problem_of(refusal).to_bytes("abc"))

    assert shown["type"] == URN + "schema"
    assert shown["status"] == 422
    assert shown["request_id"] == "abc"
    assert shown["retry"] is False
    assert shown["detail"] == "must be an integer; is missing"
    assert shown["errors"] == [
        {
            "pointer": "/payload/net_g",
            "code": "not-an-integer",
            "message_en": "must be an integer",
            "message_zh": "必须是整数",
        },
        {
            "pointer": "/payload/school",
            "code": "missing",
            "message_en": "is missing",
            "message_zh": "缺少",
            "record": "r",
        },
    ]


def test_what_nobody_raised_on_purpose_tells_nothing_of_itself() -> None:
    shown = problem_of(ValueError("password=hunter2")).to_bytes("abc")

    assert b"hunter2" not in shown
    assert json.loads(shown)["status"] == 500


def test_an_absent_component_says_when_to_come_back() -> None:
    problem = problem_of(UnavailableError("the database is away", retry_after_s=7))

    assert problem.headers == {"Retry-After": "7"}
    assert problem.kind.status == 503


def test_why_a_part_does_not_answer_is_logged_and_not_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reason = 'connection to server at "10.0.0.7", user "mealtrace" failed'
    told = problem_of(UnavailableError("the database does not answer", reason=reason)).to_json("1")

    assert told["detail"] == "the database does not answer"
    assert "10.0.0.7" not in json.dumps(told)
    assert f"the database does not answer: {reason}" in caplog.text
