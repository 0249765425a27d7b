"""The OpenAPI document: complete, with examples that run; and garbage that breaks nothing."""

import copy
import re
import uuid
from typing import Any

import pytest
from playground import Running

from ledger.evidence.catalogue import TYPES
from ledger.evidence.draft import prepare
from ledger.evidence.examples import school_day as day

CALLS = {
    ("POST", "/v1/blobs"), ("GET", "/v1/blobs/{sha256}"), ("HEAD", "/v1/blobs/{sha256}"),
    ("POST", "/v1/records"), ("POST", "/v1/records:prepare"), ("POST", "/v1/records:batch"),
    ("GET", "/v1/records"), ("GET", "/v1/records/{id}"), ("GET", "/v1/records/{id}/bundle"),
    ("GET", "/v1/records/{id}/proof"), ("GET", "/v1/records/{id}/trace"), ("POST", "/v1/verify"),
    ("GET", "/v1/subjects/{subject}/history"), ("GET", "/v1/types"), ("GET", "/v1/types/{type}"),
    ("GET", "/v1/parties"), ("GET", "/v1/refusals"), ("GET", "/v1/anchors"),
    ("GET", "/v1/obligations"), ("GET", "/v1/reconciliations"), ("GET", "/v1/risks"),
    ("GET", "/v1/work-orders"), ("GET", "/v1/suspicions"), ("GET", "/v1/certificates"),
    ("GET", "/v1/suppliers/{uscc}/credit"), ("GET", "/v1/ratings"),
    ("GET", "/v1/anchors/{size}"), ("GET", "/v1/trust"), ("GET", "/checkpoint"),
    ("GET", "/tile/{level}/{number}"), ("GET", "/tile/entries/{number}"),
    ("POST", "/v1/pseudonyms"), ("POST", "/v1/enrolments"), ("POST", "/v1/chain"),
    ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/v1/webhooks"), ("POST", "/v1/webhooks"),
    ("DELETE", "/v1/webhooks/{id}"), ("POST", "/v1/webhooks/{id}/replay"),
}  # fmt: skip
OPEN = {
    "/healthz", "/readyz", "/v1/anchors", "/v1/anchors/{size}", "/checkpoint",
    "/tile/{level}/{number}", "/v1/types", "/v1/types/{type}", "/v1/verify", "/v1/trust",
    "/v1/chain", "/v1/enrolments", "/v1/ratings",
}  # fmt: skip


@pytest.fixture(scope="module")
def document(running: Running) -> dict[str, Any]:
    return dict(running.as_(None).get("/openapi.json").json())


def test_every_call_is_described(document: dict[str, Any]) -> None:
    described = {
        (method.upper(), path) for path, item in document["paths"].items() for method in item
    }

    assert described == CALLS
    for item in document["paths"].values():
        for call in item.values():
            assert call["summary"]
            assert call["description"]
            assert "default" in call["responses"]


def test_what_is_open_says_so_and_everything_else_needs_a_token(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for method, call in item.items():
            assert bool(call.get("security")) is (path not in OPEN), (method, path)


@pytest.mark.parametrize(("method", "path"), sorted(CALLS))
def test_without_a_token_only_what_is_open_answers(
    running: Running, method: str, path: str
) -> None:
    filled = path.replace("{sha256}", "0" * 64).replace("{id}", str(uuid.uuid4()))
    filled = filled.replace("{subject}", "school:1").replace("{type}", "order")
    filled = filled.replace("{size}", "1").replace("{level}", "0").replace("{number}", "000.p/1")
    answer = running.as_(None).request(method, filled)

    assert (answer.status_code == 401) is (path not in OPEN), answer.text
    assert answer.status_code < 500


def test_every_example_of_the_document_is_accepted(document: dict[str, Any]) -> None:
    body = document["paths"]["/v1/records"]["post"]["requestBody"]
    examples = body["content"]["application/json"]["examples"]

    assert set(examples) == set(TYPES)
    for name, example in examples.items():
        request = copy.deepcopy(example["value"])
        ledger = None if name == "genesis" else bytes(32)
        prepare(request, submitter=request["issuer"], ledger=ledger, new_seed=bytes(32))


def test_the_examples_of_a_school_day_post(running: Running, document: dict[str, Any]) -> None:
    body = document["paths"]["/v1/records"]["post"]["requestBody"]
    examples = body["content"]["application/json"]["examples"]
    posted = 0
    for name in ("supplier-registration", "certificate", "order", "dispatch", "weigh-in",
                 "acceptance", "sample-retained", "meal-payment", "account-entry"):  # fmt: skip
        request = examples[name]["value"]
        answer = running.as_(request["issuer"]).post("/v1/records", json=request)
        assert answer.status_code == 201, (name, answer.text)
        posted += 1
    assert posted == 9


GARBAGE: list[Any] = [
    None, True, 0, -1, 1.5, 2**60, "", "x", "\x00", "𝕏" * 50, [], [[]], {}, {"": ""},
    {"a": {"b": [None]}}, ["x"] * 100,
]  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/v1/records", "/v1/records:prepare", "/v1/pseudonyms", "/v1/enrolments", "/v1/chain"]
)
def test_no_json_breaks_a_call(running: Running, path: str) -> None:
    client = running.as_("admin")
    base = copy.deepcopy(dict(TYPES["order"].example))
    bodies: list[Any] = [*GARBAGE]
    for name in (*base, "blobs", "signature", "seed", "code", "jwk", "possession", "kind",
                 "identity", "jsonrpc", "method", "params"):  # fmt: skip
        bodies += [{**base, name: value} for value in GARBAGE]
    for name in base["payload"]:
        bodies += [{**base, "payload": {**base["payload"], name: value}} for value in GARBAGE[::3]]
    for body in bodies:
        answer = client.post(path, json=body)
        assert answer.status_code < 500, (body, answer.text)


@pytest.mark.parametrize(
    "query",
    [
        "subject=%00", "limit=1e3", "cursor=-1", "cursor=99999999999999999999", "disclose=%ff",
        "logged_from=2026-13-01T00:00:00Z", "type=%f0%9f%98%80", "limit=", "direction=x", "depth=1e9",
    ],
)  # fmt: skip
def test_no_query_breaks_a_call(running: Running, query: str) -> None:
    client = running.as_(day.AUDITOR)
    for path in ("/v1/records", f"/v1/subjects/{day.SCHOOL}/history", "/v1/parties",
                 "/v1/refusals", f"/v1/records/{uuid.uuid4()}/bundle",
                 f"/v1/records/{uuid.uuid4()}/trace", "/v1/types/order"):  # fmt: skip
        assert client.get(f"{path}?{query}").status_code < 500


@pytest.mark.parametrize("path", ["/v1", "/v1/records/", "/v1/credit", "/metrics", "/redoc"])
def test_what_is_not_there_is_a_problem_too(running: Running, path: str) -> None:
    answer = running.as_(None).get(path)

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:mealtrace:problem:not-found"


def test_another_method_is_a_problem_too(running: Running) -> None:
    answer = running.as_(None).delete("/v1/records")

    assert answer.status_code == 405
    assert re.search("GET|POST", answer.headers["allow"])
    assert answer.json()["status"] == 405
