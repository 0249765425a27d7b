"""Histories, the directory, pseudonyms and enrolments."""

import uuid
from itertools import pairwise
from typing import Any

from playground import OTHER_SCHOOL, Running, example

from devices.client.keys import SigningKey
from ledger.evidence.examples import school_day as day


def order() -> dict[str, Any]:
    return example("order", order_no=f"P-{uuid.uuid4().hex[:12]}")


def test_a_history_is_a_chain_without_gaps_for_its_subject(running: Running) -> None:
    for _ in range(3):
        running.as_(day.SCHOOL).post("/v1/records", json=order())

    shown = running.as_(day.SUPPLIER).get(f"/v1/subjects/{day.SUPPLIER}/history").json()

    chain = shown["entries"]
    assert [link["seq"] for link in chain] == list(range(1, len(chain) + 1))
    for before, after in pairwise(chain):
        assert (after["prev"], after["prev_index"]) == (before["leaf_hash"], before["index"])
    assert shown["complete"] is True
    assert shown["head"]["leaf_hash"] == chain[-1]["leaf_hash"]


def test_others_see_of_a_history_what_concerns_them(running: Running) -> None:
    running.as_(day.SCHOOL).post("/v1/records", json=order())

    shown = running.as_(OTHER_SCHOOL).get(f"/v1/subjects/{day.SUPPLIER}/history").json()

    assert shown["complete"] is False
    assert shown["head"] is None
    assert shown["entries"] == []
    everything = running.as_(day.REGULATOR).get(f"/v1/subjects/{day.SUPPLIER}/history").json()
    assert everything["complete"] is True
    assert len(everything["entries"]) >= 1


def test_a_history_comes_in_pages(running: Running) -> None:
    for _ in range(3):
        running.as_(day.SCHOOL).post("/v1/records", json=order())
    path, seen, cursor = f"/v1/subjects/{day.SUPPLIER}/history", [], None
    while True:
        query = {"limit": 2, **({} if cursor is None else {"cursor": cursor})}
        page = running.as_(day.SUPPLIER).get(path, params=query).json()
        seen += [link["seq"] for link in page["entries"]]
        cursor = page["cursor"]
        if cursor is None:
            break

    assert seen == list(range(1, len(seen) + 1))
    assert running.as_(day.SUPPLIER).get("/v1/subjects/nonsense/history").status_code == 404


def test_the_directory_finds_parties_by_name_and_number(running: Running) -> None:
    client = running.as_(day.SCHOOL)

    found = client.get("/v1/parties", params={"q": "2105020001"}).json()["parties"]

    assert [party["party"] for party in found] == [day.SCHOOL]
    assert found[0]["roles"] == ["kitchen", "school", "school-acceptance"]
    assert len(client.get("/v1/parties", params={"q": "名"}).json()["parties"]) == 10
    page = client.get("/v1/parties", params={"limit": 4}).json()
    assert len(page["parties"]) == 4
    assert page["cursor"] == "4"
    assert running.as_(None).get("/v1/parties").status_code == 401


def test_a_person_has_one_pseudonym_a_school_year(running: Running) -> None:
    client, person = running.as_(day.SCHOOL), uuid.uuid4().hex

    def ask(**changes: Any) -> dict[str, Any]:
        request = {"kind": "person", "identity": person, **changes}
        answer = client.post("/v1/pseudonyms", json=request)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    first = ask()
    assert first["subject"].startswith("person:")
    assert ask()["subject"] == first["subject"]
    assert ask(school_year=first["school_year"])["subject"] == first["subject"]
    assert ask(school_year=first["school_year"] + 1)["subject"] != first["subject"]
    assert ask(identity="x" + person)["subject"] != first["subject"]
    assert person not in str(first)


def test_accounts_and_sole_traders_get_random_subjects(running: Running) -> None:
    client = running.as_(day.FUNDS)

    account = client.post("/v1/pseudonyms", json={"kind": "account", "identity": "6222 0001"})
    trader = client.post(
        "/v1/pseudonyms",
        json={"kind": "sole-trader", "identity": "92210502MA0XXXXXXX", "side": "labour"},
    )

    assert account.json()["subject"].startswith("account:")
    assert trader.json()["subject"].startswith("labour:")
    assert client.post("/v1/pseudonyms", json={"kind": "child", "identity": "x"}).status_code == 422
    assert client.post("/v1/pseudonyms", json={"kind": "person"}).status_code == 422


def test_a_key_is_enrolled_once_with_its_code_and_its_possession(running: Running) -> None:
    from contextlib import closing

    from api.installation import open_installation

    key, other = SigningKey.generate(), SigningKey.generate()
    with closing(open_installation(running.settings)) as opened:
        code = opened.store.tokens.open_enrolment(day.GATEWAY, 60)
        ledger = opened.ledger
    client = running.as_(None)

    def enrol(**changes: Any) -> int:
        request = {
            "code": code,
            "jwk": key.public_jwk,
            "possession": key.possession(ledger, day.GATEWAY),
            **changes,
        }
        return client.post("/v1/enrolments", json=request).status_code

    assert enrol(possession=other.possession(ledger, day.GATEWAY)) == 422
    assert enrol(possession=key.possession(ledger, day.SCHOOL)) == 422
    assert enrol(jwk={**key.public_jwk, "d": "x"}) == 422
    assert enrol(code="no-such-code") == 404
    assert enrol() == 202
    assert enrol() == 404
    with closing(open_installation(running.settings)) as opened:
        (waiting,) = opened.store.tokens.waiting_enrolments()
        assert waiting.party == day.GATEWAY
