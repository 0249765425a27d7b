"""Subscriptions over HTTP: made, listed, ended, by whose they are and nobody else."""

import base64
import uuid
from typing import Any

import pytest
from subscribers import OTHER_SUPPLIER, World

from api.webhooks.asked import Asked
from ledger.evidence.examples import school_day as day

URL = "https://canteen.example/hidden-path?hidden=query"


def faults(world: World, **changes: Any) -> list[tuple[str, str]]:
    request = {"kind": "webhook", "url": URL, **changes}
    answer = world.as_(day.SCHOOL).post("/v1/webhooks", json=request)
    assert answer.status_code == 422, answer.text
    for fault in answer.json()["errors"]:
        assert fault["message_en"]
        assert fault["message_zh"]
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


def test_a_secret_is_shown_once_and_the_address_never(world: World) -> None:
    made = world.subscribe(day.SCHOOL, URL, label="校办", types=["recall"], severity="major")

    listed = world.as_(day.SCHOOL).get("/v1/webhooks")
    [one] = listed.json()["webhooks"]
    assert len(base64.b64decode(made.pop("secret").removeprefix("whsec_"))) == 32
    assert one == made | {"pending": 0}
    assert (one["host"], one["state"], one["types"]) == (
        "https://canteen.example", "active", ["recall"],
    )  # fmt: skip
    assert "hidden" not in listed.text


def test_others_see_nothing_of_it(world: World) -> None:
    made = world.subscribe(day.SCHOOL, URL)
    for party in (day.SUPPLIER, day.REGULATOR, day.AUDITOR, "admin"):
        client = world.as_(party)
        assert client.get("/v1/webhooks").json() == {"webhooks": []}
        for answer in (
            client.delete(f"/v1/webhooks/{made['id']}"),
            client.post(f"/v1/webhooks/{made['id']}/replay", json={"index_from": 0}),
        ):
            assert answer.status_code == 404
    assert world.as_(day.SCHOOL).delete(f"/v1/webhooks/{made['id']}").status_code == 204
    assert world.as_(day.SCHOOL).get("/v1/webhooks").json() == {"webhooks": []}


def test_nothing_is_open_and_reading_is_what_it_needs(world: World) -> None:
    token, _ = world.opened.store.tokens.issue(day.SCHOOL, ("post",))
    for headers, status in (({}, 401), ({"Authorization": f"Bearer {token}"}, 403)):
        client = world.running.as_(None, **headers)
        for method, path in (
            ("GET", "/v1/webhooks"),
            ("POST", "/v1/webhooks"),
            ("DELETE", f"/v1/webhooks/{'0' * 16}"),
            ("POST", f"/v1/webhooks/{'0' * 16}/replay"),
        ):
            assert client.request(method, path, json={}).status_code == status


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"kind": "email"}, ("/kind", "not-listed")),
        ({"url": "http://canteen.example/"}, ("/url", "scheme")),
        ({"url": "https://169.254.169.254/latest"}, ("/url", "private-address")),
        ({"url": 5}, ("/url", "not-text")),
        ({"types": ["order"]}, ("/types/0", "unknown-type")),
        ({"types": []}, ("/types", "too-few")),
        ({"schools": ["school:1"]}, ("/schools/0", "pattern")),
        ({"severity": "grave"}, ("/severity", "not-listed")),
        ({"secret": "whsec_mine"}, ("/secret", "drawn")),
        ({"format": "news"}, ("/format", "news")),
        ({"label": "x" * 101}, ("/label", "too-long")),
        ({"filter": "x"}, ("/filter", "unknown-field")),
        (
            {"kind": "wecom", "url": "https://q.example/?key=k", "secret": "SEC123456"},
            ("/secret", "not-here"),
        ),
        ({"kind": "dingtalk"}, ("/url", "robot")),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(
    world: World, changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert fault in faults(world, **changes)


def test_a_party_has_ten_and_no_more(world: World) -> None:
    for _ in range(10):
        world.subscribe(day.SCHOOL, URL)
    answer = world.as_(day.SCHOOL).post("/v1/webhooks", json={"kind": "webhook", "url": URL})

    assert answer.status_code == 409
    world.subscribe(OTHER_SUPPLIER, URL)


def test_it_ends_with_its_token(world: World) -> None:
    text, token = world.opened.store.tokens.issue(day.SCHOOL, ("read",))
    client = world.running.as_(None, Authorization=f"Bearer {text}")
    made = client.post("/v1/webhooks", json={"kind": "webhook", "url": URL}).json()
    assert (made["state"], made["ended"]) == ("active", None)

    world.opened.store.tokens.revoke(token.id)

    stands = world.stands(made["id"])
    assert (stands["state"], stands["ended"]) == ("ended", "token")


@pytest.mark.parametrize(
    "wanted",
    [
        {}, {"index_from": 5, "logged_from": "2026-01-01T00:00:00Z"}, {"index_from": 10**9},
        {"index_from": 5, "index_to": 5}, {"logged_from": "yesterday"}, {"index_from": -1},
        {"logged_from": "2099-01-01T00:00:00Z"}, {"index_from": 0, "logged_to": "2001-01-01T00:00:00Z"},
        {"index_from": 0, "more": 1},
    ],
)  # fmt: skip
def test_a_replay_of_nothing_is_refused(world: World, wanted: dict[str, Any]) -> None:
    made = world.subscribe(day.SCHOOL, URL)
    answer = world.as_(day.SCHOOL).post(f"/v1/webhooks/{made['id']}/replay", json=wanted)

    assert answer.status_code == 422, answer.text


def test_a_replay_is_by_time_or_by_index_and_one_at_a_time(world: World) -> None:
    made = world.subscribe(day.SCHOOL, URL)
    client, size = world.as_(day.SCHOOL), world.opened.store.head().size
    path = f"/v1/webhooks/{made['id']}/replay"

    first = client.post(path, json={"logged_from": "2020-01-01T00:00:00+08:00"})
    second = client.post(path, json={"index_from": 1, "index_to": 3})

    assert (first.status_code, first.json()["index_from"], first.json()["index_to"]) == (
        202,
        0,
        size,
    )
    assert second.status_code == 409
    assert world.stands(made["id"])["replay"] == {"index_from": 0, "index_to": size}


def test_what_is_sealed_is_read_back(world: World) -> None:
    made = world.subscribe(day.SCHOOL, URL, language="both", schools=[day.SCHOOL])
    stored = world.opened.store.webhooks.get(made["id"])

    asked = Asked.of_text(stored.asked)
    assert (asked.url, asked.secret, asked.schools) == (URL, made["secret"], [day.SCHOOL])
    assert Asked.of_text(asked.to_text()) == asked


def test_no_json_breaks_a_call(world: World) -> None:
    garbage: list[Any] = [True, 0, 1.5, "", "x", "\x00", [], {}, {"a": [None]}, ["x"] * 100]
    client = world.as_(day.SCHOOL)
    base = {"kind": "webhook", "url": URL}
    bodies = [
        *garbage,
        *({**base, name: one} for name in Asked.model_fields for one in [None, *garbage]),
    ]
    for body in bodies:
        answer = client.post("/v1/webhooks", json=body)
        assert answer.status_code in (201, 400, 409, 422), answer.text
        answer = client.post(f"/v1/webhooks/{uuid.uuid4().hex[:16]}/replay", json=body)
        assert answer.status_code in (400, 404), answer.text
