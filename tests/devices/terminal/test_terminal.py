"""A terminal over real HTTP: on record before it is answered, the same record for a retry."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import typer
from components.checked_sink import CheckedSink
from components.terminal_stage import (
    CERTIFICATE,
    COOK,
    HEAD,
    SECRET,
    Post,
    post,
    table,
    write_people,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from devices.emulators import terminal as emulated
from devices.emulators.terminal import Reading, Terminal, photo
from devices.gateway.driver import Observation
from devices.local.people import Member
from devices.terminal.driver import from_config
from ledger import timestamp
from ledger.errors import MalformedError

IMAGES = {"face": photo(1), "palm": photo(2), "back": photo(3)}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Post]:
    with post(tmp_path) as found:
        yield found


def test_a_check_is_on_record_when_it_is_answered(at: Post) -> None:
    reading = Reading("0012", 36_430, images=dict(IMAGES))

    answer = at.terminal().check(reading)
    (one,) = at.checks()
    said = one.payload
    assert answer.json() == {"ok": True, "record": one.id}
    assert (said["staff"], said["forehead_mC"], said["result"]) == (COOK, 36_430, "fit")
    assert said["health_certificate"] == CERTIFICATE
    assert said["checked_at"] == timestamp.format(reading.checked_at_ms)
    assert set(one.observation.files) == {"face", "palm", "back"}
    assert "0012" not in str(said)


@pytest.mark.parametrize("as_html", [False, True], ids=["form", "JSON as text/html"])
def test_the_vendors_dialect_is_understood(tmp_path: Path, as_html: bool) -> None:
    with post(tmp_path, dialect="canteen-checker") as at:
        terminal = at.terminal("canteen-checker")
        reading = Reading("0012", 36_400, found=frozenset({"ring"}), images=dict(IMAGES))
        answer = terminal.check_as_html(reading) if as_html else terminal.check(reading)

        (one,) = at.checks()
        assert answer.json() == {"code": 0, "msg": "success", "data": one.id}
        assert [name for name, found in one.payload["hands"].items() if found] == ["ring"]
        assert one.payload["result"] == "unfit"
        assert [file.data for file in one.observation.files["palm"]] == [IMAGES["palm"]]


def test_a_retry_gets_the_same_record(at: Post) -> None:
    reading = Reading("0012", images=dict(IMAGES))
    first, again = (at.terminal().check(reading).json() for _ in range(2))

    assert first == again
    assert len(at.checks()) == 1


def test_two_at_once_are_one(at: Post) -> None:
    reading, answers = Reading("0012"), []
    threads = [
        threading.Thread(target=lambda: answers.append(at.terminal().check(reading).json()))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 6
    assert {answer["record"] for answer in answers} == {at.checks()[0].id}
    assert len(at.checks()) == 1


def test_a_retry_after_a_restart_gets_the_same_record(tmp_path: Path) -> None:
    reading, sink = Reading("0012"), CheckedSink()
    with post(tmp_path, sink) as at:
        first = at.terminal().check(reading).json()
    with post(tmp_path, sink) as at:
        again = at.terminal().check(reading).json()

    assert first == again
    assert len(sink.of("morning-check")) == 1


def test_power_lost_before_the_answer_makes_the_retry_the_same_observation(tmp_path: Path) -> None:
    reading, sink = Reading("0012", images=dict(IMAGES)), CheckedSink()
    sink.cut_after = "morning-check"
    with post(tmp_path, sink) as at:
        assert at.terminal().check(reading).status_code == 500
    time.sleep(0.01)
    with post(tmp_path, sink) as at:
        assert at.terminal().check(reading).json()["ok"]

    first, again = sink.of("morning-check")
    assert first.observation == again.observation
    assert first.draft.document_key == again.draft.document_key


def test_another_reading_under_the_same_number_is_refused(at: Post) -> None:
    reading = Reading("0012")
    at.terminal().check(reading)
    reading.forehead_mC = 38_500
    answer = at.terminal().check(reading)

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert len(at.checks()) == 1


def test_another_check_of_the_same_person_and_time_is_not_answered_as_if_it_were_kept(
    at: Post,
) -> None:
    """The outbox knows a check by canteen, person and time: a second one there is the first."""
    real, first = at.sink.keep, at.terminal().check(reading := Reading("0012")).json()["record"]
    at.sink.keep = (  # type: ignore[method-assign]
        lambda one: first if one.type == "morning-check" else real(one)
    )
    other = Reading("0012", checked_at_ms=reading.checked_at_ms, found=frozenset({"wound"}))
    for _ in range(2):
        answer = at.terminal().check(other)
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert at.terminal().check(reading).json()["record"] == first


def test_a_staff_number_cannot_be_tried_out_against_a_record(at: Post) -> None:
    reading = Reading("0012")
    at.terminal().check(reading)
    known = ["MC-01", reading.staff_id, reading.checked_at_ms, reading.uuid]
    (one,) = at.checks()

    assert one.payload["source_ref"] != sha256(orjson.dumps(known)).hexdigest()[:32]
    assert (at.folder / "seen.db").stat().st_mode & 0o077 == 0


def test_nothing_is_answered_before_the_sink_has_it(at: Post) -> None:
    gate, real = threading.Event(), at.sink.keep

    def slow(observation: Observation) -> str:
        if observation.type == "morning-check":
            gate.wait(10)
        return real(observation)

    at.sink.keep = slow  # type: ignore[method-assign]
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(at.terminal().check(Reading("0012"))))
    thread.start()
    time.sleep(0.5)
    assert answers == []
    gate.set()
    thread.join()
    assert answers[0].status_code == 200


def test_a_full_outbox_is_said_and_the_terminal_asks_again(at: Post) -> None:
    reading = Reading("0012")
    at.sink.full = True
    assert at.terminal().check(reading).status_code == 503
    at.sink.full = False

    assert at.terminal().check(reading).status_code == 200
    assert len(at.checks()) == 1


@pytest.mark.parametrize("secret", ["-", "wrong", SECRET[:-1], SECRET + "x", "ä"])
def test_a_wrong_secret_gets_nothing(at: Post, secret: str) -> None:
    headers = {"Authorization": f"Bearer {secret}".encode()}
    for path in ("/v1/check", "/v1/heartbeat", "/v1/staff"):
        answer = httpx.post(at.url + path, headers=headers, json={})  # type: ignore[arg-type]
        assert answer.status_code == 401
        assert "staff" not in answer.json()

    assert at.driver.status()["last_heard_at"] is None


def test_a_path_of_another_dialect_is_not_there(at: Post) -> None:
    headers = {"Authorization": f"Bearer {SECRET}"}
    assert httpx.post(at.url + "/api/morningCheck/upload", headers=headers).status_code == 404


def test_somebody_unknown_is_not_taken_until_the_list_has_them(at: Post) -> None:
    reading = Reading("0099")
    answer = at.terminal().check(reading)
    assert (answer.status_code, answer.json()["code"]) == (409, "staff-unknown")
    assert at.driver.status()["not_taken"] == {"staff-unknown": 1}
    assert "0099" not in str(at.driver.status())

    write_people(at.folder, Member(("0099",), HEAD, CERTIFICATE, "2099-01-01"))
    assert at.terminal().check(reading).status_code == 200


def test_who_has_no_certificate_on_record_is_not_taken(at: Post) -> None:
    assert at.terminal().check(Reading("0002")).json()["code"] == "certificate-unknown"


def test_a_lapsed_certificate_is_unfit_whatever_the_terminal_says(at: Post) -> None:
    at.terminal().check(Reading("0001", overall="fit"))

    said = at.checks()[0].payload
    assert said["result"] == "unfit"
    assert said["decided_by"].endswith("because: certificate-lapsed; terminal: fit")


def test_another_terminals_code_is_refused(at: Post) -> None:
    body = at.terminal()._json(Reading("0012")) | {"terminal": "MC-02"}
    headers = {"Authorization": f"Bearer {SECRET}"}
    answer = httpx.post(at.url + "/v1/check", json=body, headers=headers)

    assert answer.json()["code"] == "terminal-unknown"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"forehead_mC": "36.4"}, 400),
        ({"forehead_mC": 99_000}, 400),
        ({"hands": {"wound": False}}, 400),
        ({"checked_at": "yesterday"}, 400),
        ({"uuid": ""}, 400),
        ({"name": "somebody"}, 400),
        ({"images": {"face": "bm8gcGljdHVyZQ=="}}, 400),
        ({"images": {"passport": "bm8gcGljdHVyZQ=="}}, 400),
        ({"padding": "x" * 9_000_000}, 413),
    ],
)
def test_what_is_wrong_is_named_and_not_kept(at: Post, change: dict[str, Any], status: int) -> None:
    body = at.terminal()._json(Reading("0012")) | change
    headers = {"Authorization": f"Bearer {SECRET}"}
    answer = httpx.post(at.url + "/v1/check", json=body, headers=headers, timeout=20)

    assert answer.status_code == status
    assert at.checks() == []


def test_a_photo_beyond_its_limit_is_refused(tmp_path: Path) -> None:
    with post(tmp_path, dialect="canteen-checker", most_image_bytes=1_000) as at:
        answer = at.terminal("canteen-checker").check(Reading("0012", images=dict(IMAGES)))

    assert answer.status_code == 413


def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    with (
        post(tmp_path, body_s=0.3) as at,
        socket.create_connection(("127.0.0.1", int(at.url.rpartition(":")[2])), timeout=10) as line,
    ):
        line.sendall(
            b"POST /v1/check HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n"
            b"Authorization: Bearer " + SECRET.encode() + b"\r\n\r\n{"
        )
        assert line.recv(200).startswith(b"HTTP/1.1 408")


def test_heartbeats_staff_and_signing_off_are_answered(at: Post) -> None:
    terminal = at.terminal()
    assert terminal.heartbeat().json()["ok"]
    assert terminal.sign_off("0012").json()["ok"]
    staff = terminal.staff().json()["staff"]

    assert {"codes": ["0012", "card-77"], "valid_until": "2099-08-14"} in staff
    assert "person:" not in str(staff)
    status = at.driver.status()
    assert (status["heartbeats"], status["sign_offs"]) == (1, 1)


def test_a_terminal_that_falls_silent_is_degraded_and_comes_back(tmp_path: Path) -> None:
    with post(tmp_path, silent_s=0.5) as at:
        deadline = time.monotonic() + 10
        while len(at.sink.of("device-status")) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        at.terminal().heartbeat()
        assert at.driver.status()["state"] == "working"

    told = [one.payload["status"] for one in at.sink.of("device-status")]
    assert told[:2] == ["working", "degraded"]


def certificate(folder: Path) -> Path:
    """Key and certificate of 127.0.0.1, for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gateway")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / "gateway.pem"
    file.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
    return file


def test_photos_may_go_through_tls(tmp_path: Path) -> None:
    file = str(certificate(tmp_path))
    with post(tmp_path, tls_certificate=file, tls_key=file) as at:
        trusted = ssl.create_default_context(cafile=file)
        terminal = Terminal(at.url, SECRET, verify=trusted)
        assert terminal.check(Reading("0012", images=dict(IMAGES))).json()["ok"]
        terminal.close()
        with pytest.raises(httpx.TransportError):
            httpx.get(at.url.replace("https", "http"))


def test_a_port_that_is_taken_is_waited_for(tmp_path: Path) -> None:
    write_people(tmp_path, Member(("1",), COOK))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        driver = from_config(table(tmp_path, port=port))
        stop = threading.Event()
        thread = threading.Thread(target=driver.run, args=(CheckedSink(), stop))
        thread.start()
        time.sleep(0.5)
        assert driver.status()["state"] == "not-listening"
        assert "in use" in str(driver.status()["last_fault"])
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"secret": "short"}, "secret"),
        ({"dialect": "other"}, "canteen-checker"),
        ({"host": "0.0.0.0"}, "plain_http"),
        ({"devise": "x"}, "devise"),
        ({"zone": "Mars/Base"}, "Mars"),
        ({"unfit_hands": ["hair"]}, "unfit_hands"),
        ({"tls_key": "k.pem"}, "together"),
        ({"tls_key": "k.pem", "tls_certificate": "k.pem"}, "No such file"),
    ],
)
def test_a_table_that_is_wrong_is_refused_by_name(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    with pytest.raises(MalformedError, match=says):
        from_config(table(tmp_path, **change))


def test_the_emulator_says_why_a_check_was_not_taken(
    at: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    for url in (at.url, "http://127.0.0.1:1"):
        with pytest.raises(typer.Exit):
            emulated.morning(url, SECRET, staff="0099", pause_s=0, tries=1)
    unknown, unreachable = capsys.readouterr().out.splitlines()

    assert "staff-unknown" in unknown
    assert "cannot be reached" in unreachable or "无法连接" in unreachable
