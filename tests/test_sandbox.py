"""The sandbox: ready tokens, every answer marked, nothing left when it ends."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from components.sandbox import sandbox

from api.sandbox import ORIGIN
from ledger.evidence.catalogue import TYPES
from ledger.evidence.roles import ROLES


@pytest.fixture(scope="module")
def exports() -> Iterator[dict[str, str]]:
    with sandbox() as found:
        yield found


def call(exports: dict[str, str], path: str, who: str | None = None, body: Any = None) -> Any:
    """Status, headers and body of one request."""
    headers = {"Content-Type": "application/json"}
    if who is not None:
        headers["Authorization"] = f"Bearer {exports[f'{who}_TOKEN']}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(exports["MEALTRACE_URL"] + path, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


@pytest.mark.parametrize(
    ("path", "who", "status"),
    [
        ("/healthz", None, 200),
        ("/checkpoint", None, 200),
        ("/v1/records", None, 401),
        ("/v1/records?limit=1", "SUPPLIER", 200),
        ("/nowhere", None, 404),
    ],
)
def test_every_answer_is_marked(
    exports: dict[str, str], path: str, who: str | None, status: int
) -> None:
    answered, headers, _ = call(exports, path, who)

    assert answered == status
    assert "throw-away" in headers["Mealtrace-Sandbox"]


def test_every_proof_says_by_its_origin_what_it_is(exports: dict[str, str]) -> None:
    assert call(exports, "/checkpoint")[2].splitlines()[0] == ORIGIN
    assert "throw-away" in ORIGIN


def test_every_role_that_posts_has_a_token(exports: dict[str, str]) -> None:
    printed = exports["OUTPUT"]
    for role in ROLES:
        assert role in printed
    for name in [name for name in exports if name.endswith("_TOKEN")]:
        assert name in printed
        assert exports[name] not in printed
        assert call(exports, "/v1/records?limit=1", name.removesuffix("_TOKEN"))[0] == 200


@pytest.mark.parametrize("name", ["certificate", "weigh-in", "order", "meal-payment"])
def test_an_example_of_the_catalogue_posts_as_it_stands(exports: dict[str, str], name: str) -> None:
    example = json.loads(call(exports, f"/v1/types/{name}")[2])["example"]
    (who,) = (
        variable.removesuffix("_PARTY")
        for variable, party in exports.items()
        if variable.endswith("_PARTY") and party == example["issuer"]
    )

    status, _, body = call(exports, "/v1/records", who, example)

    assert status == 201, body


def test_an_integrator_posts_for_its_principal_and_for_nothing_else(
    exports: dict[str, str],
) -> None:
    dispatch = changed("dispatch", "01a206fd-6778-7a62-a7b8-0000000000f1", dispatch_no="S-1")
    order = changed("order", "01a206fd-6778-7a62-a7b8-0000000000f2", order_no="S-1")

    assert call(exports, "/v1/records", "INTEGRATOR", dispatch)[0] == 201
    status, _, body = call(exports, "/v1/records", "INTEGRATOR", order)
    assert (status, "mandate" in body) == (403, True)


def changed(name: str, number: str, **fields: str) -> dict[str, Any]:
    """A type's example under another id and document number, and without files."""
    example = {**TYPES[name].example, "id": number}
    example.pop("blobs", None)
    return {**example, "payload": {**example["payload"], **fields}}


def test_nothing_is_left_when_it_ends() -> None:
    with sandbox("zh_CN.UTF-8") as found:
        folder = Path(found["FOLDER"])
        assert folder.exists()
        assert "沙箱" in found["OUTPUT"]

    assert not folder.exists()
