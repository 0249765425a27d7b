"""Warnings sent to a real receiver on loopback: signed, tried again, told again, and to nobody else."""

import base64
import contextlib
import hashlib
import hmac
import logging
import socket
import socketserver
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from components.receiver import OK, Received, Receiver, Reply
from playground import OTHER_SCHOOL, example, governance
from sqlalchemy import text
from subscribers import OTHER_SUPPLIER, QUICK, World

from api import logs
from ledger.evidence.examples import school_day as day


def verified(got: Received, secret: str) -> Any:
    """The body, if the signature holds: independently of the code that signs."""
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    mac = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert f"v1,{mac}" in got.headers["webhook-signature"].split(" ")
    assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 60
    return got.json


def test_a_warning_arrives_signed_with_a_link_and_without_people(world: World) -> None:
    with Receiver() as receiver:
        made = world.subscribe(day.SCHOOL, f"{receiver.url}/warnings")
        with world.sending(public_url="https://ledger.example/"):
            posted = world.alarm()
            [got] = receiver.wait_for(1)

    body = verified(got, made["secret"])
    assert got.path == "/warnings"
    assert got.headers["content-type"] == "application/json"
    assert got.id == f"{made['id']}-{posted['index']}"
    assert "authorization" not in got.headers
    assert body["type"] == "temperature-alarm"
    assert body["timestamp"] == posted["logged_at"]
    assert body["data"] == {
        "id": posted["id"],
        "index": posted["index"],
        "ledger": world.opened.ledger.hex(),
        "logged_at": posted["logged_at"],
        "occurred_at": body["data"]["occurred_at"],
        "issuer": day.GATEWAY,
        "subjects": [day.CANTEEN, day.CABINET],
        "severity": "major",
        "code": "sample-cabinet",
        "text_en": body["data"]["text_en"],
        "text_zh": body["data"]["text_zh"],
        "link": f"https://ledger.example/v1/records/{posted['id']}",
    }
    assert "尚未恢复" in body["data"]["text_zh"]
    world.until(lambda: world.stands(made["id"])["pending"] == 0)


def test_a_new_subscription_is_greeted(world: World) -> None:
    with Receiver() as receiver:
        request = {"kind": "webhook", "url": receiver.url}
        made = world.as_(day.SCHOOL).post("/v1/webhooks", json=request).json()
        with world.sending():
            [got] = receiver.wait_for(1)

    assert verified(got, made["secret"])["type"] == "hello"
    assert got.id == f"{made['id']}-hello"


def test_what_is_answered_with_500_is_sent_again_under_the_same_id(world: World) -> None:
    answers = iter([Reply(500), Reply(503), OK])
    with Receiver(lambda _: next(answers)) as receiver:
        made = world.subscribe(day.SCHOOL, receiver.url)
        world.alarm()
        with world.sending() as metrics:
            got = receiver.wait_for(3)
            world.until(lambda: world.stands(made["id"])["delivered_at"] is not None)

    assert len({one.id for one in got}) == 1
    assert len({one.body for one in got}) == 1
    for one in got:
        verified(one, made["secret"])
    assert metrics.webhook_attempts == {"failed": 2, "delivered": 1, "dead": 0}
    stands = world.stands(made["id"])
    assert (stands["failures"], stands["last_outcome"], stands["pending"]) == (0, "200", 0)


def test_a_receiver_that_hangs_is_given_up_in_time_and_tried_again(world: World) -> None:
    answers = iter([Reply(after_s=30)])
    with Receiver(lambda _: next(answers, OK)) as receiver:
        made = world.subscribe(day.SCHOOL, receiver.url)
        world.alarm()
        with world.sending(webhook_timeout_s=0.3):
            got = receiver.wait_for(2)
            world.until(lambda: world.stands(made["id"])["pending"] == 0)

    assert got[0].id == got[1].id


def test_a_receiver_that_drips_an_answer_is_given_up_in_time(world: World) -> None:
    """Each byte comes in time, the whole does not."""

    class Drip(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            with contextlib.suppress(OSError):
                for sign in b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"x" * 500:
                    self.wfile.write(bytes([sign]))
                    time.sleep(0.05)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Drip) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made = world.subscribe(day.SCHOOL, f"http://127.0.0.1:{server.server_address[1]}/")
        world.alarm()
        with world.sending(webhook_timeout_s=0.4):
            world.until(lambda: world.stands(made["id"])["last_outcome"] == "timeout", 10)
        server.shutdown()


def test_a_slow_receiver_and_a_dead_one_hold_up_nobody(world: World) -> None:
    with Receiver(lambda _: Reply(after_s=60)) as slow, Receiver() as quick:
        for _ in range(4):
            world.subscribe(day.SCHOOL, slow.url)
            world.subscribe(day.SCHOOL, "http://127.0.0.1:9/")
        world.subscribe(day.SCHOOL, quick.url)
        with world.sending(webhook_timeout_s=20):
            started = time.monotonic()
            for count in range(1, 4):
                world.alarm()
                quick.wait_for(count, 10)
            assert time.monotonic() - started < 15
    assert len(slow.received) == 4


def test_what_one_receiver_cannot_take_does_not_keep_the_rest_from_it(world: World) -> None:
    poison = world.alarm
    with Receiver() as receiver:
        made = world.subscribe(day.SCHOOL, receiver.url)
        bad = poison()["id"]
        receiver.answer = lambda got: Reply(400) if got.json["data"]["id"] == bad else OK
        with world.sending():
            good = [world.alarm()["id"] for _ in range(3)]
            world.until(lambda: world.stands(made["id"])["pending"] == 1)
    taken = {one.json["data"]["id"] for one in receiver.received} - {bad}
    assert taken == set(good)


def test_retry_after_is_respected(world: World) -> None:
    answers = iter([Reply(429, headers={"Retry-After": "2"})])
    with Receiver(lambda _: next(answers, OK)) as receiver:
        world.subscribe(day.SCHOOL, receiver.url)
        world.alarm()
        with world.sending():
            receiver.wait_for(1)
            first = time.monotonic()
            receiver.wait_for(2)
            assert time.monotonic() - first > 1.7


def test_a_redirect_is_not_followed(world: World) -> None:
    with Receiver() as other, Receiver() as receiver:
        receiver.answer = lambda _: Reply(307, headers={"Location": other.url})
        made = world.subscribe(day.SCHOOL, receiver.url)
        world.alarm()
        with world.sending():
            receiver.wait_for(2)
    assert other.received == []
    assert world.stands(made["id"])["last_outcome"].startswith("307")


def test_a_receiver_that_is_gone_is_left_alone(world: World) -> None:
    with Receiver(lambda _: Reply(410)) as receiver:
        made = world.subscribe(day.SCHOOL, receiver.url)
        world.alarm()
        with world.sending():
            world.until(lambda: world.stands(made["id"])["state"] == "ended")
            world.alarm()
            time.sleep(1.5)
        assert len(receiver.received) == 1
    stands = world.stands(made["id"])
    assert (stands["ended"], stands["pending"], stands["dead"]) == ("gone", 0, 1)


def test_what_nobody_takes_for_days_is_given_up(world: World) -> None:
    with Receiver(lambda _: Reply(500)) as receiver:
        made = world.subscribe(day.SCHOOL, receiver.url)
        world.alarm()
        with world.sending(replace(QUICK, give_up_ms=300)) as metrics:
            world.until(lambda: world.stands(made["id"])["dead"] == 1)
        tried = len(receiver.received)
    assert tried > 1
    assert metrics.webhook_attempts["dead"] == 1
    assert world.stands(made["id"])["state"] == "active"


def test_a_replay_sends_a_range_again_under_the_same_ids(world: World) -> None:
    with Receiver() as receiver:
        made = world.subscribe(day.SCHOOL, receiver.url)
        with world.sending():
            posted = [world.alarm() for _ in range(3)]
            receiver.wait_for(3)
            path = f"/v1/webhooks/{made['id']}/replay"
            wanted = {"index_from": posted[1]["index"]}
            assert world.as_(day.SCHOOL).post(path, json=wanted).status_code == 202
            got = receiver.wait_for(5)
            world.until(lambda: world.stands(made["id"])["replay"] is None)
    assert sorted(one.id for one in got[3:]) == sorted(one.id for one in got[1:3])


def test_a_replay_reaches_behind_the_subscription(world: World) -> None:
    before = world.alarm()
    with Receiver() as receiver:
        made = world.subscribe(day.SCHOOL, receiver.url)
        with world.sending():
            time.sleep(1.5)
            assert receiver.received == [], "it is told of what comes after it"
            path = f"/v1/webhooks/{made['id']}/replay"
            wanted = {"logged_from": before["logged_at"]}
            assert world.as_(day.SCHOOL).post(path, json=wanted).status_code == 202
            [got] = receiver.wait_for(1)
    assert got.json["data"]["id"] == before["id"]


def test_a_supplier_is_told_of_itself_and_never_of_another(world: World) -> None:
    with Receiver() as mine, Receiver() as others, Receiver() as school, Receiver() as bureau:
        world.subscribe(day.SUPPLIER, mine.url)
        of_other = world.subscribe(OTHER_SUPPLIER, others.url)["id"]
        world.subscribe(day.SCHOOL, school.url)
        world.subscribe(day.REGULATOR, bureau.url)
        with world.sending():
            about_me = world.credit(day.SUPPLIER)
            about_other = world.credit(OTHER_SUPPLIER)
            alarm = world.alarm()
            bureau.wait_for(3)
            school.wait_for(1)
            mine.wait_for(1)
            others.wait_for(1)
            time.sleep(1.5)
        queued = world.opened.store.deliveries.counts([of_other])[of_other]
        assert queued == {"delivered": 1, "dropped": 1}, "its own, and the greeting"

    def told(receiver: Receiver) -> list[str]:
        return [got.json["data"]["id"] for got in receiver.received]

    assert told(mine) == [about_me["id"]]
    assert told(others) == [about_other["id"]]
    assert told(school) == [alarm["id"]]
    assert told(bureau) == [about_me["id"], about_other["id"], alarm["id"]]


def test_a_replay_gives_nobody_what_it_may_not_read(world: World) -> None:
    first = world.credit(day.SUPPLIER)
    mine = world.credit(OTHER_SUPPLIER)
    with Receiver() as receiver:
        made = world.subscribe(OTHER_SUPPLIER, receiver.url)
        path = f"/v1/webhooks/{made['id']}/replay"
        wanted = {"index_from": first["index"]}
        assert world.as_(OTHER_SUPPLIER).post(path, json=wanted).status_code == 202
        with world.sending():
            receiver.wait_for(1)
            time.sleep(1.2)
    assert [got.json["data"]["id"] for got in receiver.received] == [mine["id"]]


def test_who_may_not_read_it_any_more_is_not_told_though_it_was_queued(world: World) -> None:
    with Receiver() as receiver:
        made = world.subscribe(day.REGULATOR, receiver.url)
        receiver.answer = lambda _: Reply(503)
        world.credit(day.SUPPLIER)
        with world.sending(replace(QUICK, first_ms=600, receiver_ms=600)):
            receiver.wait_for(1)
            grant = {"party": day.REGULATOR, "role": "regulator", "granted": False}
            admin = f"{world.opened.operator}~admin"
            world.post(governance("role-grant", admin, grant), "admin")
            store = world.opened.store.deliveries
            world.until(lambda: store.counts([made["id"]])[made["id"]].get("dropped") == 2)
            world.post(governance("role-grant", admin, {**grant, "granted": True}), "admin")
    assert len(receiver.received) <= 2


def test_filters_are_by_type_school_and_severity(world: World) -> None:
    with Receiver() as by_type, Receiver() as by_school, Receiver() as grave, Receiver() as all_:
        world.subscribe(day.REGULATOR, by_type.url, types=["credit-entry"])
        world.subscribe(day.REGULATOR, by_school.url, schools=[day.SCHOOL])
        world.subscribe(day.REGULATOR, grave.url, severity="critical")
        world.subscribe(day.REGULATOR, all_.url)
        with world.sending():
            credit, alarm = world.credit(day.SUPPLIER), world.alarm()
            incident = example(
                "incident", incident_no="A-1", severity="critical", school=OTHER_SCHOOL
            )
            for name in ("canteen", "meal_on", "meal", "dish_codes"):
                incident["payload"].pop(name, None)
            world.post({**incident, "issuer": OTHER_SCHOOL, "blobs": []}, OTHER_SCHOOL)
            all_.wait_for(3)
            time.sleep(1.2)

    def told(receiver: Receiver) -> list[str]:
        return [got.json["data"]["id"] for got in receiver.received]

    assert told(by_type) == [credit["id"]]
    assert told(by_school) == [alarm["id"]]
    assert told(grave) == [incident["id"]]


def test_what_was_erased_meanwhile_is_not_sent(world: World) -> None:
    with Receiver(lambda _: Reply(503)) as receiver:
        made = world.subscribe(day.SCHOOL, receiver.url)
        posted = world.alarm()
        with world.sending(replace(QUICK, first_ms=600, receiver_ms=600)):
            receiver.wait_for(1)
            read = world.as_(day.SCHOOL).get(f"/v1/records/{posted['id']}").json()
            erasure = {
                "id": "5c2f0e5e-3c55-4a3e-9c50-6d65616c7472",
                "type": "erasure",
                "occurred_at": posted["logged_at"],
                "issuer": world.opened.operator,
                "payload": {"scope": "record", "reason_code": "data-subject-request"},
                "links": [
                    {"rel": "erases", "id": posted["id"], "sha256": read["statement_sha256"]}
                ],
            }
            world.post(erasure, world.opened.operator)
            store = world.opened.store.deliveries
            world.until(lambda: store.counts([made["id"]])[made["id"]].get("dropped") == 2)
    assert len(receiver.received) <= 2


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_a_robot_gets_many_in_one_message_and_rests_in_between(world: World, kind: str) -> None:
    key = {"wecom": "key", "dingtalk": "access_token"}[kind]
    with Receiver() as receiver:
        secret = {"secret": "SECabcdefgh"} if kind == "dingtalk" else {}
        made = world.subscribe(day.SCHOOL, f"{receiver.url}/send?{key}=k", kind=kind, **secret)
        for _ in range(12):
            world.alarm()
        with world.sending(replace(QUICK, robot_ms=900)):
            receiver.wait_for(1)
            first = time.monotonic()
            world.until(lambda: world.stands(made["id"])["pending"] == 0)
            took = time.monotonic() - first
        got = list(receiver.received)

    assert 1 <= len(got) <= 3
    assert took > 0.8 * (len(got) - 1)
    lines = sum(str(one.json["markdown"]).count("温度报警") for one in got)
    assert lines >= 12
    assert all(f"{key}=k" in one.path for one in got)
    assert all(("sign=" in one.path) is (kind == "dingtalk") for one in got)


def test_a_robot_that_says_no_with_200_has_not_taken_it(world: World) -> None:
    answers = iter(
        [Reply(body=b'{"errcode":93000,"errmsg":"invalid webhook url"}'), Reply(body=b"<html>")]
    )
    with Receiver(lambda _: next(answers, OK)) as receiver:
        made = world.subscribe(day.SCHOOL, f"{receiver.url}/send?key=k", kind="wecom")
        world.alarm()
        with world.sending():
            receiver.wait_for(3)
            world.until(lambda: world.stands(made["id"])["pending"] == 0)
    assert world.stands(made["id"])["failures"] == 0


def test_a_robot_that_is_sent_too_much_is_left_alone_for_its_time(world: World) -> None:
    with Receiver(lambda _: Reply(body=b'{"errcode":130101,"errmsg":"send too fast"}')) as receiver:
        made = world.subscribe(day.SCHOOL, f"{receiver.url}/send?access_token=t", kind="dingtalk")
        world.alarm()
        with world.sending():
            receiver.wait_for(1)
            world.until(lambda: world.stands(made["id"])["last_outcome"] == "errcode 130101")
            time.sleep(1)
        assert len(receiver.received) == 1
    rest_ms = world.opened.store.webhooks.get(made["id"]).rest_until_ms - time.time() * 1000
    assert 500_000 < rest_ms < 600_000


def test_what_a_revoked_token_subscribed_to_is_not_sent(world: World) -> None:
    shown, token = world.opened.store.tokens.issue(day.SCHOOL, ("read",))
    client = world.running.as_(None, Authorization=f"Bearer {shown}")
    with Receiver() as receiver:
        made = client.post("/v1/webhooks", json={"kind": "webhook", "url": receiver.url}).json()
        with world.sending():
            receiver.wait_for(1)
            world.opened.store.tokens.revoke(token.id)
            world.until(lambda: world.opened.store.webhooks.running() == [])
            world.alarm()
            time.sleep(1.5)
        assert len(receiver.received) == 1
    assert world.stands(made["id"])["ended"] == "token"


def test_only_one_sender_sends(world: World) -> None:
    with Receiver() as receiver:
        world.subscribe(day.SCHOOL, receiver.url)
        with world.sending(), world.sending():
            for _ in range(5):
                world.alarm()
            receiver.wait_for(5)
            time.sleep(1.5)
    assert len(receiver.received) == 5


def test_addresses_are_looked_at_when_they_are_called(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that was public when it was given, and stands for this machine when it is called."""
    real = socket.getaddrinfo

    def rebound(host: Any, *arguments: Any, **named: Any) -> Any:
        return real("127.0.0.1" if host == "canteen.example" else host, *arguments, **named)

    with Receiver() as receiver:
        port = receiver.url.rpartition(":")[2]
        made = world.subscribe(day.SCHOOL, f"https://canteen.example:{port}/")
        monkeypatch.setattr(socket, "getaddrinfo", rebound)
        world.alarm()
        with world.sending(webhook_networks="none"):
            world.until(lambda: world.stands(made["id"])["last_outcome"] == "address not allowed")
        assert receiver.received == []


def test_logs_tell_neither_addresses_nor_secrets(world: World) -> None:
    """No line of any logger at the lowest level, as a service writes them."""
    root, lines = logging.getLogger(), Lines()
    handlers, level = list(root.handlers), root.level
    logs.configure("debug")
    root.handlers[:] = [lines]
    try:
        with Receiver(lambda _: Reply(500)) as receiver:
            url = f"{receiver.url}/hidden?access_token=hidden"
            made = world.subscribe(day.SCHOOL, url, kind="dingtalk", secret="SEChidden")
            dead = world.subscribe(day.SCHOOL, "https://hidden.invalid/hidden?hidden")
            world.alarm()
            with world.sending():
                receiver.wait_for(2)
                world.until(lambda: world.stands(dead["id"])["failures"] > 0)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)

    assert any(made["id"] in line and "500" in line for line in lines.text)
    assert not [line for line in lines.text if "hidden" in line or "SEC" in line]


class Lines(logging.Handler):
    """Every line as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logs.JsonLines())
        self.text: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.text.append(self.format(record))


def test_one_that_was_altered_in_the_database_keeps_nothing_from_the_others(world: World) -> None:
    with Receiver() as receiver:
        world.subscribe(day.SCHOOL, receiver.url)
        broken = world.subscribe(day.SCHOOL, receiver.url)
        older = world.subscribe(day.SCHOOL, receiver.url)
        seal = world.opened.store.sealer.seal_note
        unknown = seal(f"w:{older['id']}", '{"kind":"pigeon","url":"https://x.example/"}')
        with world.opened.store.engine.begin() as connection:
            change = text("UPDATE webhooks SET sealed = :sealed WHERE id = :id")
            connection.execute(change, {"sealed": b"x" * 80, "id": broken["id"]})
            connection.execute(change, {"sealed": unknown, "id": older["id"]})
        with world.sending():
            world.alarm()
            receiver.wait_for(1)
        with world.opened.store.engine.begin() as connection:
            connection.execute(text("DELETE FROM webhooks WHERE id = :id"), {"id": broken["id"]})
    assert len(receiver.received) == 1
