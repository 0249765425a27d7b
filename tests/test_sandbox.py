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
from ledger import entry as entries
from ledger.encoding import unb64
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


NEED_KEYS_OF_THIS_LOG = {
    "genesis", "anchor-target", "log-key", "key-registration", "key-revocation",
}  # fmt: skip
"""Their examples are signed by keys that no other log has; walked where keys are tested."""


def test_every_example_of_the_catalogue_posts_as_it_stands(posted: dict[str, str]) -> None:
    refused = {name: told for name, told in posted.items() if told != "201"}

    assert len(posted) == len(TYPES)
    assert refused.keys() == NEED_KEYS_OF_THIS_LOG, refused


@pytest.fixture(scope="module")
def posted(exports: dict[str, str]) -> dict[str, str]:
    """Type → status, or problem, of its example, posted in the order of the examples' ids.

    As a reader of `/v1/types` would; only the hash of a record that it corrects, disputes, rules
    on or confirms is put in, since that is this log's own.
    """
    tokens = {
        party: variable.removesuffix("_PARTY")
        for variable, party in exports.items()
        if variable.endswith("_PARTY")
    }
    told, hashes = {}, {}
    for name in sorted(TYPES, key=lambda name: str(TYPES[name].example["id"])):
        example = json.loads(call(exports, f"/v1/types/{name}")[2])["example"]
        for link in example.get("links", ()):
            if "sha256" in link:
                link["sha256"] = hashes.get(link["id"], link["sha256"])
        status, _, body = call(exports, "/v1/records", tokens[example["issuer"]], example)
        told[name] = str(status) if status == 201 else body
        if status == 201:
            entry = entries.parse(unb64(json.loads(body)["entry"]))
            hashes[example["id"]] = entry.statement.sha256.hex()
    return told


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
