"""One request to one receiver: which address it goes to, whose certificate it needs, how it ends."""

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from components.process import free_port
from components.receiver import Receiver, Reply
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.webhooks.call import Answer, Caller, robot_answer
from api.webhooks.targets import Allowed

LOOPBACK = Allowed((ipaddress.ip_network("127.0.0.0/8"),))


def post(
    url: str, kind: str = "webhook", allowed: Allowed = LOOPBACK, timeout_s: float = 5.0
) -> Answer:
    async def go() -> Answer:
        caller = Caller(allowed, timeout_s)
        try:
            return await caller.post(kind, url, b"{}", {"x-test": "1"}, 0)
        finally:
            await caller.close()

    return asyncio.run(go())


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names and the addresses that they stand for, in place of the system's."""
    names: dict[str, list[str]] = {}

    def look(host: str, *_: Any, **__: Any) -> list[Any]:
        if host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 0)) for one in names[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return names


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate of a name, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver with the certificate of canteen.example, which is trusted."""
    path = certificate(tmp_path, "canteen.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    receiver = Receiver()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    receiver.wrap(context)
    with receiver:
        yield receiver


def test_the_connection_goes_to_the_looked_up_address_under_the_name(
    tls: Receiver, named: dict[str, list[str]]
) -> None:
    named["canteen.example"] = ["127.0.0.1"]

    answer = post(f"https://canteen.example:{tls.port}/a?b=c")

    assert answer == Answer(True, "200")
    [got] = tls.received
    assert (got.path, got.headers["host"]) == ("/a?b=c", f"canteen.example:{tls.port}")
    assert (got.headers["x-test"], got.headers["content-type"]) == ("1", "application/json")


def test_a_certificate_of_another_name_is_refused(
    tls: Receiver, named: dict[str, list[str]]
) -> None:
    named["other.example"] = ["127.0.0.1"]

    assert post(f"https://other.example:{tls.port}/") == Answer(False, "certificate not valid")
    assert tls.received == []


def test_a_connection_made_for_one_name_serves_no_other(
    tls: Receiver, named: dict[str, list[str]]
) -> None:
    named["canteen.example"] = named["other.example"] = ["127.0.0.1"]

    async def go() -> list[Answer]:
        caller = Caller(LOOPBACK, 5.0)
        try:
            return [
                await caller.post("webhook", f"https://{name}:{tls.port}/", b"{}", {}, 0)
                for name in ("canteen.example", "other.example")
            ]
        finally:
            await caller.close()

    assert [answer.taken for answer in asyncio.run(go())] == [True, False]
    assert len(tls.received) == 1


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], ["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["169.254.169.254"]]
)
def test_a_name_that_stands_for_an_inner_address_is_not_called(
    named: dict[str, list[str]], addresses: list[str]
) -> None:
    with Receiver() as receiver:
        named["canteen.example"] = addresses
        answer = post(f"https://canteen.example:{receiver.port}/", allowed=Allowed())
    assert answer == Answer(False, "address not allowed")
    assert receiver.received == []


def test_without_tls_nothing_but_this_machine_is_called(named: dict[str, list[str]]) -> None:
    named["canteen.example"] = ["93.184.216.34"]

    assert post("http://canteen.example/") == Answer(False, "address not allowed")


def test_the_next_address_is_tried_where_nobody_listens(named: dict[str, list[str]]) -> None:
    with Receiver() as receiver:
        named["canteen.example"] = ["127.0.0.2", "127.0.0.1"]
        assert post(f"http://canteen.example:{receiver.port}/").taken


def test_what_goes_wrong_is_told_in_a_word(named: dict[str, list[str]]) -> None:
    named["canteen.example"] = ["127.0.0.1"]

    assert post(f"http://canteen.example:{free_port()}/") == Answer(False, "no connection")
    assert post("https://nobody.example/") == Answer(False, "name not found")
    with Receiver(lambda _: Reply(after_s=9)) as receiver:
        assert post(f"{receiver.url}/".replace("127.0.0.1", "canteen.example"), timeout_s=0.3) == (
            Answer(False, "timeout")
        )


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (Reply(204, b""), Answer(True, "204")),
        (Reply(202), Answer(True, "202")),
        (Reply(410), Answer(False, "410", gone=True)),
        (Reply(301, headers={"Location": "/x"}), Answer(False, "301 redirects are not followed")),
        (Reply(503, headers={"Retry-After": "7"}), Answer(False, "503", 7_000)),
        (Reply(body=b"x" * 3_000_000), Answer(True, "200")),
    ],
)
def test_what_an_answer_means(reply: Reply, answer: Answer) -> None:
    with Receiver(lambda _: reply) as receiver:
        assert post(receiver.url) == answer


@pytest.mark.parametrize(
    ("kind", "text", "answer"),
    [
        ("wecom", b'{"errcode":0,"errmsg":"ok"}', Answer(True, "200")),
        ("wecom", b'{"errcode":93000,"errmsg":"x"}', Answer(False, "errcode 93000")),
        ("wecom", b'{"errcode":45009}', Answer(False, "errcode 45009", 60_000)),
        ("dingtalk", b'{"errcode":310000}', Answer(False, "errcode 310000")),
        ("dingtalk", b'{"errcode":130101}', Answer(False, "errcode 130101", 600_000)),
        ("dingtalk", b'{"errcode":"0"}', Answer(False, "200 without errcode")),
        ("dingtalk", b"<html>", Answer(False, "200 without errcode")),
        ("dingtalk", b"[]", Answer(False, "200 without errcode")),
        ("dingtalk", b'{"errcode":' + b"9" * 400 + b"}", Answer(False, "200 without errcode")),
    ],
)
def test_what_a_robot_s_answer_means(kind: str, text: bytes, answer: Answer) -> None:
    assert robot_answer(kind, text) == answer


def test_the_environment_s_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    proxies: Mapping[str, str] = dict.fromkeys(("HTTP_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    for name, value in proxies.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.lower(), value)
    with Receiver() as receiver:
        assert post(receiver.url).taken
