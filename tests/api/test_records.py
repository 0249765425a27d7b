"""Records through HTTP into a real ledger, and out again as proofs."""

import uuid
from hashlib import sha256
from typing import Any

import pytest
from playground import OTHER_SCHOOL, Running, example

from ledger import checkpoint, note, policy, tlog_proof
from ledger import entry as entries
from ledger.encoding import b64url, unb64, unb64url
from ledger.evidence.examples import school_day as day
from ledger.merkle import leaf_hash
from ledger.proof import verify_inclusion
from ledger.verification import verify


def order(**changes: Any) -> dict[str, Any]:
    """An order of a number of its own."""
    return example("order", **{"order_no": f"T-{uuid.uuid4().hex[:12]}", **changes})


def keys(running: Running) -> tuple[note.VerifierKey, ...]:
    text = running.as_(None).get("/v1/trust").text
    return tuple(line.key for line in policy.parse(text).logs)


def test_a_posted_record_gets_a_receipt_that_proves_itself(running: Running) -> None:
    request = order()

    answer = running.as_(day.SCHOOL).post("/v1/records", json=request)

    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    entry = unb64(receipt["entry"])
    proof = tlog_proof.parse(receipt["proof"])
    head = checkpoint.open(proof.checkpoint_note, keys(running))
    verify_inclusion(proof.index, head.size, leaf_hash(entry), proof.path, head.root)
    assert receipt["leaf_hash"] == leaf_hash(entry).hex()
    assert (receipt["index"], receipt["tree_size"]) == (proof.index, head.size)
    parsed = entries.parse(entry)
    assert parsed.statement.id == request["id"] == receipt["id"]
    assert parsed.logged_at == receipt["logged_at"]
    assert len(unb64url(receipt["seed"], 32)) == 32
    assert receipt["links"]["self"] == f"/v1/records/{request['id']}"


def test_a_retry_finds_the_record_where_it_was(running: Running) -> None:
    client, request = running.as_(day.SCHOOL), order()
    first = client.post("/v1/records", json=request)

    again = client.post("/v1/records", json=request)

    assert (first.status_code, again.status_code) == (201, 200)
    for name in ("index", "leaf_hash", "logged_at", "entry", "seed"):
        assert again.json()[name] == first.json()[name]


def test_other_content_under_the_id_is_a_conflict(running: Running) -> None:
    client, request = running.as_(day.SCHOOL), order()
    client.post("/v1/records", json=request)
    request["payload"]["meals_planned"] = 999

    answer = client.post("/v1/records", json=request)

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:mealtrace:problem:id-conflict"


def test_another_party_s_id_tells_nothing_of_its_record(running: Running) -> None:
    request = order()
    running.as_(day.SCHOOL).post("/v1/records", json=request)
    theirs = example("supplier-registration")
    theirs["id"] = request["id"]

    answer = running.as_(day.SUPPLIER).post("/v1/records", json=theirs)

    assert answer.json()["type"] == "urn:mealtrace:problem:id-conflict"
    assert day.SCHOOL not in answer.text


def test_the_same_document_twice_names_the_record_that_has_it(running: Running) -> None:
    client, first = running.as_(day.SCHOOL), order()
    client.post("/v1/records", json=first)
    second = order(order_no=first["payload"]["order_no"])

    answer = client.post("/v1/records", json=second)

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:mealtrace:problem:duplicate-document"
    assert answer.json()["errors"][0]["record"] == first["id"]


def test_every_fault_of_a_request_is_told_in_both_languages(running: Running) -> None:
    request = order(amount_fen="1200", meals_planned=1.5, accountable=...)

    answer = running.as_(day.SCHOOL).post("/v1/records", json=request)

    assert answer.status_code == 422
    problem = answer.json()
    assert problem["retry"] is False
    assert problem["request_id"] == answer.headers["x-request-id"]
    pointers = {fault["pointer"] for fault in problem["errors"]}
    assert {"/payload/amount_fen", "/payload/meals_planned", "/payload/accountable"} <= pointers
    assert all(fault["message_en"] and fault["message_zh"] for fault in problem["errors"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b'{"id":"a","id":"b"}',
        b'{"id":NaN}',
        b'{"id":"\xff"}',
        b'\xef\xbb\xbf{"id":"a"}',
        b'{"id":"\\ud800"}',
        b'{"payload":' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"a":1}{"a":1}',
    ],
    ids=[
        "empty", "cut", "array", "text", "duplicate-key", "nan", "no-utf8", "bom",
        "lone-surrogate", "too-deep", "two-values",
    ],
)  # fmt: skip
def test_what_is_no_strict_json_is_malformed(running: Running, body: bytes) -> None:
    answer = running.as_(day.SCHOOL, **{"Content-Type": "application/json"}).post(
        "/v1/records", content=body
    )

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:mealtrace:problem:malformed"
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_over_a_mebibyte_is_too_large(running: Running) -> None:
    body = b'{"id":"' + b"x" * 1024 * 1024 + b'"}'

    answer = running.as_(day.SCHOOL, **{"Content-Type": "application/json"}).post(
        "/v1/records", content=body
    )

    assert answer.status_code == 413


def test_a_body_of_another_media_type_is_refused(running: Running) -> None:
    answer = running.as_(day.SCHOOL).post("/v1/records", content=b"x=1")

    assert answer.status_code == 415


def test_who_may_not_post_the_type_is_told_so_and_finds_the_refusal(running: Running) -> None:
    request = order()
    request["issuer"] = day.SUPPLIER

    answer = running.as_(day.SUPPLIER).post("/v1/records", json=request)

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:mealtrace:problem:forbidden-type"
    kept = running.as_(day.SUPPLIER).get("/v1/refusals").json()["refusals"]
    assert kept[0]["id"] == request["id"]
    assert kept[0]["code"] == "forbidden-type"
    assert running.as_(day.SCHOOL).get(
        "/v1/refusals", params={"from": "2126-01-01T00:00:00Z"}
    ).json() == {"refusals": []}


def test_without_a_token_nothing_is_posted(running: Running) -> None:
    answer = running.as_(None).post("/v1/records", json=order())

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_statement_prepared_here_can_be_signed_elsewhere(running: Running) -> None:
    client, request = running.as_(day.SCHOOL), order()

    prepared = client.post("/v1/records:prepare", json=request)

    assert prepared.status_code == 200, prepared.text
    from ledger import statement

    offered = statement.parse(unb64(prepared.json()["statement"]))
    assert offered.id == request["id"]
    assert client.get(f"/v1/records/{request['id']}").status_code == 404
    completed = prepared.json()["request"]
    assert completed["seed"] == prepared.json()["seed"]
    posted = client.post("/v1/records", json=completed)
    assert posted.status_code == 201, posted.text
    assert entries.parse(unb64(posted.json()["entry"])).statement == offered


def test_a_record_is_read_by_who_it_concerns_and_found_by_nobody_else(running: Running) -> None:
    request = order()
    running.as_(day.SCHOOL).post("/v1/records", json=request)
    path = f"/v1/records/{request['id']}"

    for party in (day.SCHOOL, day.SUPPLIER, day.FUNDS, day.REGULATOR, day.AUDITOR):
        assert running.as_(party).get(path).status_code == 200, party
    for party in (OTHER_SCHOOL, day.BANK, day.LABOUR):
        for way in ("", "/bundle", "/proof"):
            assert running.as_(party).get(path + way).status_code == 404, party
    poster = running.as_(day.SCHOOL).get(path).json()
    assert poster["payload"]["order_no"] == request["payload"]["order_no"]
    assert "seed" in poster
    assert "seed" not in running.as_(day.SUPPLIER).get(path).json()


def test_personal_fields_need_their_scope_and_reading_them_is_kept(running: Running) -> None:
    request = example("supplier-registration")
    posted = running.as_(day.SUPPLIER).post("/v1/records", json=request)
    assert posted.status_code == 201, posted.text
    path = f"/v1/records/{request['id']}"

    without = running.as_(day.SUPPLIER).get(path).json()
    assert "contact_phone" in without["withheld"]
    assert "contact_phone" not in without["payload"]
    refused = running.as_(day.SUPPLIER).get(path + "/bundle", params={"disclose": "contact_phone"})
    assert refused.json()["type"] == "urn:mealtrace:problem:scope"
    assert (
        request["payload"]["contact_phone"]
        not in running.as_(day.SUPPLIER).get(path + "/bundle").text
    )

    with_scope = running.as_(day.AUDITOR).get(path).json()
    assert with_scope["payload"]["contact_phone"] == request["payload"]["contact_phone"]


def test_a_bundle_verifies_offline_and_an_altered_one_does_not(running: Running) -> None:
    request = order()
    client = running.as_(day.SCHOOL)
    client.post("/v1/records", json=request)
    trusted = running.as_(None).get("/v1/trust").content

    answer = client.get(f"/v1/records/{request['id']}/bundle")

    assert answer.headers["content-type"] == "application/vnd.mealtrace.bundle+json"
    verdict = verify(answer.content, trusted)
    states = {check.name: check.state.value for check in verdict.checks}
    assert "fail" not in states.values(), verdict
    assert states["inclusion"] == states["checkpoint-signature"] == "pass"
    assert states["payload-commitment"] == "pass"
    assert verdict.custodial
    number = request["payload"]["order_no"].encode()
    assert number in answer.content
    assert verify(answer.content.replace(number, number[::-1]), trusted).overall == "failed"


def test_a_bundle_discloses_what_was_asked_for(running: Running) -> None:
    request = order()
    client = running.as_(day.SCHOOL)
    client.post("/v1/records", json=request)
    path = f"/v1/records/{request['id']}/bundle"

    def names(**params: str) -> list[str]:
        shown = client.get(path, params=params).json()["disclosure"]["disclosed"]
        return [leaf["name"] for leaf in shown]

    assert names(disclose="order_no,lines,no_such_field") == ["", "lines", "order_no"]
    assert names(disclose="") == [""]
    assert set(names()) == {"", *request["payload"]}


def test_a_proof_file_holds_against_today_s_checkpoint(running: Running) -> None:
    request = order()
    client = running.as_(day.SCHOOL)
    receipt = client.post("/v1/records", json=request).json()
    client.post("/v1/records", json=order())

    proof = tlog_proof.parse(client.get(f"/v1/records/{request['id']}/proof").text)

    head = checkpoint.open(proof.checkpoint_note, keys(running))
    assert head.size > receipt["tree_size"]
    verify_inclusion(
        proof.index, head.size, bytes.fromhex(receipt["leaf_hash"]), proof.path, head.root
    )


def test_search_shows_a_party_its_own_business_page_by_page(running: Running) -> None:
    client = running.as_(day.SCHOOL)
    references = [f"ref-{uuid.uuid4().hex[:8]}" for _ in range(3)]
    ids = []
    for reference in references:
        request = order(source_ref=reference)
        assert client.post("/v1/records", json=request).status_code == 201
        ids.append(request["id"])

    def find(party: str, **params: Any) -> list[str]:
        found: list[str] = []
        cursor = None
        while True:
            query = {"limit": 2, **params, **({"cursor": cursor} if cursor else {})}
            page = running.as_(party).get("/v1/records", params=query).json()
            found += [hit["id"] for hit in page["records"]]
            cursor = page["cursor"]
            if cursor is None:
                return found

    assert [i for i in find(day.SCHOOL, type="order") if i in ids] == ids
    assert set(ids) <= set(find(day.AUDITOR, subject=day.SUPPLIER))
    assert not set(ids) & set(find(OTHER_SCHOOL))
    assert find(day.SCHOOL, source_ref=references[1]) == [ids[1]]
    assert find(day.SUPPLIER, source_ref=references[1]) == []
    assert find(day.AUDITOR, source_ref=references[1]) == []
    assert find(day.SCHOOL, logged_from="2126-01-01T00:00:00+08:00") == []


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 1001}, {"cursor": "x"}, {"logged_from": "yesterday"}]
)
def test_a_query_that_is_none_is_malformed(running: Running, query: dict[str, Any]) -> None:
    answer = running.as_(day.SCHOOL).get("/v1/records", params=query)

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:mealtrace:problem:malformed"


def test_a_multipart_record_brings_its_files(running: Running) -> None:
    photo, request = uuid.uuid4().bytes, example("rejection", rejection_no=uuid.uuid4().hex[:12])
    request["blobs"] = []
    import json

    answer = running.as_(day.SCHOOL).post(
        "/v1/records",
        files={
            "record": (None, json.dumps(request), "application/json"),
            "photo": ("p.jpg", photo, "image/jpeg"),
        },
    )

    assert answer.status_code == 201, answer.text
    shown = running.as_(day.SCHOOL).get(f"/v1/records/{request['id']}").json()
    assert shown["payload"]["blobs"] == [
        {
            "media_type": "image/jpeg",
            "role": "photo",
            "sha256": sha256(photo).hexdigest(),
            "size": len(photo),
        }
    ]


def test_a_seed_of_the_client_s_own_is_used_and_is_content(running: Running) -> None:
    client, request = running.as_(day.SCHOOL), order()
    request["seed"] = b64url(bytes(range(32)))

    first = client.post("/v1/records", json=request)

    assert first.json()["seed"] == request["seed"]
    request["seed"] = b64url(bytes(range(1, 33)))
    assert client.post("/v1/records", json=request).status_code == 409


def test_whoever_may_not_say_it_is_not_told_that_it_was_said(running: Running) -> None:
    said = running.as_(day.SUPPLIER).post(
        "/v1/records", json=example("dispatch", dispatch_no="D-9")
    )
    copied = running.as_(day.SCHOOL).post(
        "/v1/records", json={**example("dispatch", dispatch_no="D-9"), "issuer": day.SCHOOL}
    )

    assert said.status_code == 201
    assert copied.status_code == 403
    assert said.json()["id"] not in copied.text
