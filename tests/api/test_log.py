"""The log as strangers read it: tiles, checkpoint, policy, anchors, verification."""

import uuid
from typing import Any

import httpx
import pytest
from playground import Running, example

from ledger import checkpoint, policy, tile, tile_proof
from ledger import entry as entries
from ledger.entry_bundle import parse as parse_bundle
from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day
from ledger.merkle import leaf_hash


class Tiles:
    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def hashes(self, level: int, index: int, width: int) -> bytes:
        answer = self.client.get("/" + tile.path(level, index, width))
        assert answer.status_code == 200
        return answer.content


def order() -> dict[str, Any]:
    return example("order", order_no=f"L-{uuid.uuid4().hex[:12]}")


def test_tiles_and_entries_give_the_checkpoint_s_root(running: Running) -> None:
    open_client, auditor = running.as_(None), running.as_(day.AUDITOR)
    running.as_(day.SCHOOL).post("/v1/records", json=order())
    trusted = policy.parse(open_client.get("/v1/trust").text)

    head = checkpoint.open(open_client.get("/checkpoint").text, [trusted.logs[0].key])

    tiles = Tiles(open_client)
    assert tile_proof.tree_root_at(head.size, tiles) == head.root
    data = auditor.get(f"/tile/entries/{tile.number(0, head.size)}").content
    found = parse_bundle(data, head.size)
    assert len(found) == head.size
    assert b"".join(map(leaf_hash, found)) == tiles.hashes(0, 0, head.size)
    assert leaf_hash(found[0]) == trusted.logs[0].genesis
    assert entries.parse(found[0]).statement.type == "genesis"


def test_tiles_never_change_and_the_checkpoint_is_never_cached(running: Running) -> None:
    client = running.as_(None)

    assert "immutable" in client.get("/tile/0/000.p/1").headers["cache-control"]
    assert client.get("/checkpoint").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/tile/0/000",
        "/tile/0/001.p/1",
        "/tile/0/000.p/0",
        "/tile/0/000.p/256",
        "/tile/00/000.p/1",
        "/tile/64/000.p/1",
        "/tile/0/0.p/1",
        "/tile/0/x000/000.p/1",
        "/tile/0/000.p/01",
        "/tile/1/000.p/1",
        "/tile/-1/000.p/1",
        "/tile/0/",
    ],
)
def test_what_is_no_tile_of_this_log_is_not_found(running: Running, path: str) -> None:
    answer = running.as_(None).get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_entries_need_their_scope_where_genesis_restricts_them(running: Running) -> None:
    assert running.as_(None).get("/tile/entries/000.p/1").status_code == 401
    assert running.as_(day.SCHOOL).get("/tile/entries/000.p/1").status_code == 403
    assert running.as_(day.AUDITOR).get("/tile/entries/000.p/1").status_code == 200


def test_the_policy_says_its_own_fingerprint(running: Running) -> None:
    answer = running.as_(None).get("/v1/trust")

    fingerprint = policy.fingerprint(answer.content)
    assert answer.headers["x-policy-fingerprint"] == fingerprint
    assert answer.headers["etag"] == f'"{fingerprint}"'
    again = running.as_(None).get("/v1/trust", headers={"If-None-Match": f'"{fingerprint}"'})
    assert again.status_code == 304


def test_genesis_is_anchored_and_anchors_are_open(running: Running) -> None:
    client = running.as_(None)

    listed = client.get("/v1/anchors").json()

    assert listed["anchors"][0]["size"] == 1
    assert listed["anchors"][0]["state"] == "final"
    assert client.get("/v1/anchors/1").json()["anchors"][0] == listed["anchors"][0]
    assert client.get("/v1/anchors/999999").status_code == 404
    assert client.get("/v1/anchors/0").status_code == 404


def test_a_bundle_is_verified_by_the_service_too(running: Running) -> None:
    request = order()
    running.as_(day.SCHOOL).post("/v1/records", json=request)
    bundle = running.as_(day.SCHOOL).get(f"/v1/records/{request['id']}/bundle").content
    trusted = running.as_(None).get("/v1/trust").content
    client = running.as_(None)

    def verify(**parts: bytes) -> httpx.Response:
        return client.post("/v1/verify", files={k: (k, v) for k, v in parts.items()})

    verdict = verify(bundle=bundle, policy=trusted).json()
    assert verdict["overall"] in ("log-only", "verified")
    assert len(verdict["checks"]) == 11
    assert verify(bundle=bundle).json()["overall"] == "unidentified"
    assert verify(bundle=bundle, policy=trusted, blob=b"not named").json()["overall"] == "failed"
    assert verify(bundle=b"{}", policy=trusted).status_code == 400
    assert verify(bundle=bundle, policy=b"nonsense").status_code == 400
    assert verify(policy=trusted).status_code == 400


def test_the_catalogue_is_open_and_complete(running: Running) -> None:
    client = running.as_(None)

    listed = client.get("/v1/types").json()["types"]

    assert {found["type"] for found in listed} == set(TYPES)
    one = client.get("/v1/types/weigh-in").json()
    assert one["schema"]["type"] == "object"
    assert one["example"]["type"] == "weigh-in"
    assert client.get("/v1/types/no-such-type").status_code == 404
    assert client.get("/v1/types/weigh-in", params={"version": 2}).status_code == 404


def test_the_embedded_chain_answers_this_machine_and_no_proxy(running: Running) -> None:
    call = {"jsonrpc": "2.0", "id": 7, "method": "eth_chainId", "params": []}
    client = running.as_(None)

    assert client.post("/v1/chain", json=call).json() == {
        "jsonrpc": "2.0", "id": 7, "result": hex(131277322940537)
    }  # fmt: skip
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        answer = client.post("/v1/chain", json=call, headers={header: "127.0.0.1"})
        assert answer.status_code == 404
    refused = client.post("/v1/chain", json={**call, "method": "eth_sendRawTransaction"}).json()
    assert refused["error"]["code"] == -32601
    assert client.post("/v1/chain", json={"id": 1}).status_code == 400
