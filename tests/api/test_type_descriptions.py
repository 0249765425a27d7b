"""What `GET /v1/types/{type}` tells is enough to write a record: tried by doing it."""

import base64
import copy
import json
import uuid
from typing import Any

import pytest
from playground import Running

from ledger.evidence import catalogue
from ledger.evidence.worked import patched

ORDINARY = ("order", "weigh-in", "self-inspection", "incident", "official-inspection")


@pytest.fixture(scope="module")
def described(running: Running) -> dict[str, dict[str, Any]]:
    client = running.as_(None)
    return {name: client.get(f"/v1/types/{name}").json() for name in catalogue.TYPES}


@pytest.mark.parametrize("name", ORDINARY)
def test_the_example_posts_with_the_files_it_comes_with(
    name: str, running: Running, described: dict[str, dict[str, Any]]
) -> None:
    told = described[name]
    request = {**copy.deepcopy(told["example"]), "id": str(uuid.uuid4())}
    client = running.as_(request["issuer"])
    for digest, data in told["example_files"].items():
        media_type = next(b["media_type"] for b in request["blobs"] if b["sha256"] == digest)
        made = client.post(
            "/v1/blobs", content=base64.b64decode(data), headers={"Content-Type": media_type}
        )
        assert made.json()["sha256"] == digest

    answer = client.post("/v1/records", json=request)

    assert answer.status_code == 201, answer.text
    entry = json.loads(base64.b64decode(answer.json()["entry"]))
    assert entry["statement"]["subjects"] == told["example_subjects"]


@pytest.mark.parametrize("name", ORDINARY)
def test_what_is_refused_is_refused_in_the_words_told(
    name: str, running: Running, described: dict[str, dict[str, Any]]
) -> None:
    told = described[name]
    client = running.as_(told["example"]["issuer"])
    for refused in told["refused"]:
        request = patched(told["example"], refused["changes"]) | {"id": str(uuid.uuid4())}

        answer = client.post("/v1/records", json=request)

        assert answer.status_code == 422, refused["rule"]
        assert {key: refused[key] for key in ("pointer", "code", "message_en", "message_zh")} in [
            {key: fault[key] for key in ("pointer", "code", "message_en", "message_zh")}
            for fault in answer.json()["errors"]
        ]


def test_links_say_what_must_be_there_already(described: dict[str, dict[str, Any]]) -> None:
    links = {
        (name, link["rel"]): (link["required"], link["must_exist"], link["with_sha256"])
        for name, told in described.items()
        for link in told["links"]
    }

    assert links["correction", "corrects"] == (True, True, True)
    assert links["rectification-review", "reviews"] == (True, True, False)
    assert links["order", "replaces"] == (False, True, False)
    assert links["order", "under"] == (False, False, False)


def test_the_list_is_short(running: Running) -> None:
    listed = running.as_(None).get("/v1/types").json()["types"]

    assert {told["type"] for told in listed} == catalogue.TYPES.keys()
    assert not {"schema", "example", "refused"} & listed[0].keys()
    assert listed[0]["name_zh"]
